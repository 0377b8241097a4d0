import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type {
  ColumnProfile,
  ControlMessage,
  EventDraft,
  JsonObject,
  RunSpec,
  TrainerMessage,
} from '@epochal/contracts';
import { ingestCsv } from '@epochal/datasets';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A table of which `target` follows from `a`, `b` and `kind`. */
const csv = (rows: number): string => {
  const line = (row: number): string => {
    const [a, b] = [Math.sin(row * 1.7), Math.cos(row * 0.9)];
    const kind = ['red', 'green', 'blue'][row % 3]!;
    return `${a},${b},${kind},${a * 2 - b + kind.length / 10},${1 + (row % 2)}`;
  };
  return ['a,b,kind,target,importance', ...Array.from({ length: rows }, (_, row) => line(row))].join('\n');
};

export interface SmallDataset {
  readonly parquetPath: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

export const smallDataset = (folder: string, rows = 400): Promise<SmallDataset> =>
  ingestCsv({ source: Readable.from([csv(rows)]), workDirectory: folder, memoryLimit: '256MB' });

export const smallData: RunSpec['data'] = {
  x: [
    { columns: ['a', 'b'], standardize: true, scale: 1, offset: 0 },
    { columns: ['kind'], encoding: 'one_hot', standardize: false, scale: 1, offset: 0 },
  ],
  y: [{ columns: ['target'], standardize: false, scale: 1, offset: 0 }],
  split: { test: 0.2, validation: 0.2, seed: 1 },
};

/** A model of five inputs whose last layer is given. */
export const modelEndingIn = (output: JsonObject): JsonObject => ({
  class_name: 'Sequential',
  config: {
    name: 'sequential',
    layers: [
      { class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 5] } },
      { class_name: 'Dense', config: { name: 'hidden', units: 16, activation: 'relu' } },
      { class_name: 'Dropout', config: { name: 'dropout', rate: 0.2 } },
      { class_name: 'Dense', config: { name: 'output', ...output } },
    ],
  },
});

/** One process of the built trainer, started as the worker starts it. */
export class TrainerRun {
  readonly messages: TrainerMessage[] = [];
  readonly stderr: string[] = [];
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(command: readonly string[], folder: string) {
    const [program, ...args] = [...command, path.join(folder, 'run.json'), path.join(folder, 'data')];
    this.#child = spawn(program!, [...args, path.join(folder, 'out')], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    createInterface({ input: this.#child.stdio[3] as Readable }).on('line', (line) => {
      this.messages.push(JSON.parse(line) as TrainerMessage);
      for (const check of this.#waiting) check();
    });
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.stderr.push(line));
    (this.#child.stdio[4] as Writable).on('error', () => {});
    this.exit = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  get events(): EventDraft[] {
    return this.messages.flatMap((message) =>
      message.type === 'event' ? [message.event as EventDraft] : [],
    );
  }

  tell(message: ControlMessage): void {
    (this.#child.stdio[4] as Writable).write(`${JSON.stringify(message)}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As when the worker dies: its ends of the channels close. */
  abandon(): void {
    for (const descriptor of [1, 2, 3, 4]) this.#child.stdio[descriptor]!.destroy();
  }

  /** From now on rests after each part that it has read. */
  readSlowly(): void {
    const stream = this.#child.stdio[3] as Readable;
    stream.on('data', () => {
      stream.pause();
      setTimeout(() => stream.resume(), 20);
    });
  }

  /** Waits for a message; fails when the trainer ends without it. */
  async until(isIt: (message: TrainerMessage) => boolean): Promise<TrainerMessage> {
    const found = new Promise<TrainerMessage>((resolve) => {
      const check = (): void => {
        const message = this.messages.find(isIt);
        if (message === undefined) return;
        this.#waiting.delete(check);
        resolve(message);
      };
      this.#waiting.add(check);
      check();
    });
    const ended = this.exit.then((code): never => {
      throw new Error(
        `the trainer ended with ${code} first: ${this.stderr.join('\n')} ${JSON.stringify(this.messages.at(-1))}`,
      );
    });
    return Promise.race([found, ended]);
  }
}

/** A folder as the worker prepares it: run.json, data/ and out/. */
export class RunFolder {
  private constructor(readonly path: string) {}

  /** @param checkpoint a file that the spec names `earlier.safetensors` */
  static async create(
    dataset: SmallDataset,
    changes: Partial<RunSpec> = {},
    checkpoint?: string,
  ): Promise<RunFolder> {
    const folder = await mkdtemp(path.join(tmpdir(), 'trainer-'));
    for (const name of ['data', 'out']) await mkdir(path.join(folder, name));
    await cp(dataset.parquetPath, path.join(folder, 'data', 'rows.parquet'));
    if (checkpoint !== undefined) await cp(checkpoint, path.join(folder, 'data', 'earlier.safetensors'));
    const spec: RunSpec = {
      version: 1,
      kind: 'fit',
      job_id: 'job_01jd0000000000000000000000',
      attempt: 1,
      model: { definition: modelEndingIn({ units: 1 }) },
      dataset: { path: 'rows.parquet', rows: dataset.rows, columns: [...dataset.columns] },
      data: smallData,
      compile: { optimizer: 'adam', loss: 'mse', metrics: ['mae'] },
      fit: {
        epochs: 3,
        initial_epoch: 0,
        batch_size: 32,
        shuffle: true,
        validation_split: 0,
        validation_freq: 1,
      },
      callbacks: [],
      seed: 5,
      checkpoints: { every_epochs: 1, min_interval_seconds: 1000, keep_last: 3 },
      events: { batch_interval_seconds: 0.5 },
      initial_weights: null,
      resume_from: null,
      ...changes,
    };
    await writeFile(path.join(folder, 'run.json'), JSON.stringify(spec));
    return new RunFolder(folder);
  }

  start(command: readonly string[] = [process.execPath, MAIN]): TrainerRun {
    return new TrainerRun(command, this.path);
  }

  output(relative: string): string {
    return path.join(this.path, 'out', relative);
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}

export { MAIN as TRAINER_MAIN };
