#!/usr/bin/env node
// Migrations in development and CI. `npm run db:migrate` applies them, here and in production.
import process from 'node:process';
import { hasMigrations, readSchema, writeMigration } from './development/folders.mjs';

const usage = `Usage: node prisma/migrate.mjs COMMAND
  new NAME   write a migration that brings the tables to what prisma/schema says
  check      tell whether the migrations yield what prisma/schema says; exit with 1 and print the missing SQL if not
  status     tell how the database that DATABASE_URL names stands to the migrations and to prisma/schema`;

const commands = { new: newMigration, check, status };

async function newMigration(name) {
  if (!/^[a-z0-9_]+$/.test(name ?? ''))
    throw new Error('NAME must be lower-case letters, digits and underscores');
  const sql = await missingSql();
  if (sql === undefined) console.log('The migrations already yield what prisma/schema says.');
  else console.log(`Wrote ${await writeMigration(name, sql)}. Read it before you commit it:\n\n${sql}`);
}

async function check() {
  const sql = await missingSql();
  if (sql === undefined) return console.log('The migrations yield what prisma/schema says.');
  console.error(
    `The migrations lack this, which prisma/schema says. Run: node prisma/migrate.mjs new NAME\n\n${sql}`,
  );
  process.exitCode = 1;
}

async function status() {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('status needs DATABASE_URL');
  const { readSchemaStatus } = await importBuilt('@epochal/database');
  const state = await readSchemaStatus(url);
  for (const [name, migrations] of Object.entries(state)) {
    console.log(`${name}: ${migrations.length === 0 ? 'none' : migrations.join(', ')}`);
  }
  if (state.pending.length > 0) return;
  const { findDifference } = await import('./development/schema-engine.mjs');
  const sql = await findDifference(url, await readSchema());
  console.log(sql === undefined ? 'The tables are what prisma/schema says.' : `The tables lack:\n\n${sql}`);
  if (sql !== undefined) process.exitCode = 1;
}

/** The SQL that a database with all migrations lacks to be what prisma/schema says. */
async function missingSql() {
  const { applyMigrations } = await importBuilt('@epochal/database');
  const { findDifference } = await import('./development/schema-engine.mjs');
  const database = await createScratchDatabase();
  try {
    if (await hasMigrations()) await applyMigrations(database.url);
    return await findDifference(database.url, await readSchema());
  } finally {
    await database.drop();
  }
}

/** An empty database on the server of DATABASE_URL, or on the Postgres that the tests use. */
async function createScratchDatabase() {
  const { createTestDatabase } = await importBuilt('@epochal/embedded-services');
  return createTestDatabase({ content: 'empty', server: process.env.DATABASE_URL || undefined });
}

async function importBuilt(name) {
  return import(name).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`${name} is not built yet. Run: npm run build`, { cause: error });
  });
}

const [commandName, ...parameters] = process.argv.slice(2);
const command = Object.hasOwn(commands, commandName ?? '') ? commands[commandName] : undefined;
if (command === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await command(...parameters).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
