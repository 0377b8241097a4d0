import { readFile } from 'node:fs/promises';
import { runSpecSchema, type RunSpec } from '@epochal/contracts';
import { listenForControl } from './channel/control-channel.js';
import { MessageChannel, WorkerGoneError } from './channel/message-channel.js';

/** How the process ends. Whatever became of the job is said in a message; these are for those who did not get one. */
export const EXIT_CODES = {
  /** The last message is `succeeded`, `stopped` or `failed`. */
  told: 0,
  /** A mistake in this program; its stack is on standard error. */
  crashed: 1,
  /** The command line or the run spec is wrong. */
  usage: 2,
  /** The worker is gone, so nobody could be told. */
  workerGone: 3,
} as const;

const USAGE = 'usage: epochal-train RUN_JSON DATA_FOLDER OUT_FOLDER';

const readSpec = async (file: string): Promise<RunSpec | string> => {
  try {
    const parsed = runSpecSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return `${file} is no run spec: ${issues.join('; ')}`;
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** `epochal-train run.json data/ out/`. @returns the exit code */
export const main = async (args: readonly string[]): Promise<number> => {
  const [specFile, dataFolder, outputFolder] = args;
  if (specFile === undefined || dataFolder === undefined || outputFolder === undefined || args.length > 3) {
    console.error(USAGE);
    return EXIT_CODES.usage;
  }
  const messages = MessageChannel.open();
  const control = listenForControl(messages);
  const spec = await readSpec(specFile);
  if (typeof spec === 'string') {
    console.error(spec);
    return EXIT_CODES.usage;
  }
  try {
    // Loaded only now: a wrong command line is told at once.
    const { runTrainer } = await import('./run-trainer.js');
    messages.send(await runTrainer({ spec, dataFolder, outputFolder, messages, control }));
    return EXIT_CODES.told;
  } catch (error) {
    console.error(error instanceof WorkerGoneError ? error.message : error);
    return error instanceof WorkerGoneError ? EXIT_CODES.workerGone : EXIT_CODES.crashed;
  }
};
