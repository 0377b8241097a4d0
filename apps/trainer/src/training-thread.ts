import { readFile } from 'node:fs/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { runSpecSchema, TRAINER_CONTROL_FD, type RunSpec } from '@epochal/contracts';
import { ControlRequests } from './channel/control-requests.js';
import { isInherited, isPipe } from './channel/inherited.js';
import { MessageChannel, WorkerGoneError } from './channel/message-channel.js';
import { EXIT_CODES } from './exit-codes.js';

export interface ThreadStart {
  readonly args: readonly string[];
  /** Gives what was relayed to this thread. */
  readonly control: MessagePort;
}

/** Asks the main thread to listen to the worker. */
export interface ThreadMessage {
  readonly listenOn: number;
}

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

const openControl = (port: MessagePort, messages: MessageChannel): ControlRequests => {
  if (!messages.hasWorker) return new ControlRequests(port, 'person');
  if (isInherited(TRAINER_CONTROL_FD) && isPipe(TRAINER_CONTROL_FD))
    parentPort?.postMessage({ listenOn: TRAINER_CONTROL_FD } satisfies ThreadMessage);
  return new ControlRequests(port, 'worker');
};

/** `epochal-train run.json data/ out/`. @returns the exit code */
const main = async ({ args, control: port }: ThreadStart): Promise<number> => {
  const [specFile, dataFolder, outputFolder] = args;
  if (specFile === undefined || dataFolder === undefined || outputFolder === undefined || args.length > 3) {
    console.error(USAGE);
    return EXIT_CODES.usage;
  }
  const messages = MessageChannel.open();
  const control = openControl(port, messages);
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

process.exitCode = await main(workerData as ThreadStart);
// TensorFlow's and DuckDB's handles would keep the thread alive.
process.exit();
