import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '@epochal/configuration';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIGURATION } from './tokens.js';

const PREFIX = 'request-';
/** No request lasts so long: a folder of this age was left behind by a process that was killed. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;
const FAREWELL_MS = 500;

/** Folders for the files of one request, on the disk that has room for data. */
@Injectable()
export class TemporaryFolders implements OnModuleInit {
  readonly #parent: string;
  readonly #open = new Set<string>();
  readonly #works = new Set<Promise<unknown>>();

  constructor(@Inject(CONFIGURATION) { dataDirectory }: Configuration) {
    this.#parent = path.join(dataDirectory, 'tmp');
  }

  /** A new folder. Whoever makes it has it removed. */
  async make(): Promise<string> {
    await mkdir(this.#parent, { recursive: true });
    const folder = await mkdtemp(path.join(this.#parent, PREFIX));
    this.#open.add(folder);
    return folder;
  }

  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    this.#open.delete(folder);
  }

  /** Runs `work` with a new folder, which is gone when it ends, however it ends. */
  async with<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = await this.make();
    const working = work(folder);
    this.#works.add(working);
    try {
      return await working;
    } finally {
      this.#works.delete(working);
      await this.remove(folder);
    }
  }

  /** Gives requests that were broken off a moment to end, and removes every folder that is left. */
  async close(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#works), delay(FAREWELL_MS, undefined, { ref: false })]);
    await Promise.all([...this.#open].map((folder) => this.remove(folder)));
  }

  /** Removes what killed processes left behind. */
  async onModuleInit(): Promise<void> {
    await mkdir(this.#parent, { recursive: true });
    for (const name of await readdir(this.#parent)) {
      const folder = path.join(this.#parent, name);
      if (name.startsWith(PREFIX) && (await ageOf(folder)) > ABANDONED_AFTER_MS) await this.remove(folder);
    }
  }
}

/** 0 for one that another process has just removed. */
async function ageOf(folder: string): Promise<number> {
  const status = await stat(folder).catch(() => null);
  return status === null ? 0 : Date.now() - status.mtimeMs;
}
