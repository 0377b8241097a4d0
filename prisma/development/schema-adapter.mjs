// A connection for the schema engine: Prisma's adapter for `pg`, with what the engine needs and the adapter lacks.
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const charOid = 18;
const textOid = 25;

/** @param {string} url */
export async function connectSchemaAdapter(url) {
  // The engine's lock belongs to a session: one connection only.
  const adapter = await new PrismaPg({ connectionString: url, max: 1 }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw({ ...query, sql: withoutNotNullConstraints(query.sql) });
    result.columnNames.forEach((name, index) => {
      if (charColumns.has(name)) result.columnTypes[index] = ColumnTypeEnum.Character;
    });
    return result;
  };
  return adapter;
}

/** Postgres 18 lists NOT NULL among the constraints, and the engine panics on it (prisma/orm#29635). */
function withoutNotNullConstraints(sql) {
  return sql.replace(/contype\s+NOT\s+IN\s*\(\s*'p',\s*'u',\s*'f'\s*\)/i, "contype IN ('c', 'x')");
}

// The adapter does not know Postgres's internal type "char", which the engine reads from the catalogue.
const charColumns = new Set();
const addFields = pg.Result.prototype.addFields;
pg.Result.prototype.addFields = function (fields) {
  for (const field of fields) {
    if (field.dataTypeID !== charOid) continue;
    field.dataTypeID = textOid;
    charColumns.add(field.name);
  }
  return addFields.call(this, fields);
};
