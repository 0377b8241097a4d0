import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunSpec, TrainerMessage } from '@epochal/contracts';
import { loadState, type TrainingState } from '@epochal/training';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  modelEndingIn,
  RunFolder,
  smallData,
  smallDataset,
  TRAINER_MAIN,
  type SmallDataset,
  type TrainerRun,
} from './testing/trainer-run.js';

type Checkpoint = Extract<TrainerMessage, { type: 'checkpoint' }>;

let datasets: string;
let dataset: SmallDataset;
beforeAll(async () => {
  datasets = await mkdtemp(path.join(tmpdir(), 'datasets-'));
  dataset = await smallDataset(datasets);
});
afterAll(() => rm(datasets, { recursive: true }));

const folders: RunFolder[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => folder.remove()));
});
const prepare = async (changes: Partial<RunSpec> = {}, checkpoint?: string): Promise<RunFolder> => {
  const folder = await RunFolder.create(dataset, changes, checkpoint);
  folders.push(folder);
  return folder;
};
const earlier = 'earlier.safetensors';

const fit: RunSpec['fit'] = {
  epochs: 3,
  initial_epoch: 0,
  batch_size: 32,
  shuffle: true,
  validation_split: 0,
  validation_freq: 1,
};
const endless = { fit: { ...fit, epochs: 1_000_000 } };
const isTraining = (message: TrainerMessage): boolean =>
  message.type === 'event' && message.event.type === 'epoch_end';
const lastCheckpoint = ({ messages }: TrainerRun): Checkpoint =>
  messages.findLast((message): message is Checkpoint => message.type === 'checkpoint')!;
/** A state without the times, which differ from run to run. */
const timeless = ({ progress, ...state }: TrainingState): unknown => ({
  ...state,
  progress: { ...progress, epochSeconds: 0 },
});

describe('a run', () => {
  it('says how steps run, then what happens, and ends with the test split', async () => {
    const run = (await prepare()).start();
    expect(await run.exit).toBe(0);
    expect(run.messages[0]).toEqual({
      type: 'execution',
      mode: 'graph',
      reason: null,
      device: expect.any(String),
    });
    const types = run.messages.map((message) =>
      message.type === 'event' ? message.event.type : message.type,
    );
    expect(types.filter((type) => !type.endsWith('batch_end'))).toEqual([
      'execution',
      'train_begin',
      ...Array.from({ length: 3 }, () => ['epoch_begin', 'test_begin', 'test_end', 'epoch_end']).flat(),
      'train_end',
      'checkpoint',
      'test_begin',
      'test_end',
      'succeeded',
    ]);
    const [begin] = run.events;
    expect(begin).toMatchObject({ data: { samples: { train: 240, validation: 80, test: 80 } } });
    expect(run.messages.at(-1)).toEqual({
      type: 'succeeded',
      test: { loss: expect.any(Number), mae: expect.any(Number) },
    });
  });

  it('leaves a last checkpoint, whole when it is announced', async () => {
    const folder = await prepare();
    const run = folder.start();
    const message = (await run.until(({ type }) => type === 'checkpoint')) as Checkpoint;
    expect(message).toMatchObject({ path: 'checkpoints/3-24.safetensors', epoch: 3, step: 24, final: true });
    const { state } = await loadState(folder.output(message.path));
    expect(Object.keys(state.tensors)).toContain('optimizer/velocity/hidden/kernel');
    await run.exit;
    expect(await readdir(folder.output('checkpoints'))).toEqual(['3-24.safetensors']);
  });

  it('saves after epochs as the policy of the job says', async () => {
    const run = (
      await prepare({ checkpoints: { every_epochs: 2, min_interval_seconds: 0, keep_last: 3 } })
    ).start();
    await run.exit;
    const saved = run.messages.flatMap((message) =>
      message.type === 'checkpoint' ? [[message.epoch, message.final]] : [],
    );
    expect(saved).toEqual([
      [2, false],
      [3, true],
    ]);
  });

  it('starts from the weights that it is given, and nothing else of that checkpoint', async () => {
    const first = await prepare();
    const run = first.start();
    await run.exit;
    const given = first.output(lastCheckpoint(run).path);
    const compile = { optimizer: { class_name: 'SGD', config: { learning_rate: 0 } }, loss: 'mse' };
    const second = await prepare({ compile, initial_weights: earlier }, given);
    const untrained = second.start();
    expect(await untrained.exit).toBe(0);
    const weights = async (file: string): Promise<unknown> =>
      Object.entries((await loadState(file)).state.tensors).filter(([name]) => name.startsWith('model/'));
    expect(await weights(second.output(lastCheckpoint(untrained).path))).toEqual(await weights(given));
    expect(untrained.events[0]).toMatchObject({ type: 'train_begin', data: { resumed_from: null } });
  });
});

describe('a run that is told to stop', () => {
  it.each(['cancel', 'pause'] as const)(
    'for %s saves its state and says so within a second',
    async (cause) => {
      const folder = await prepare(endless);
      const run = folder.start();
      await run.until(isTraining);
      const told = performance.now();
      run.tell({ type: 'stop', cause });
      await run.until(({ type }) => type === 'stopped');
      expect(performance.now() - told).toBeLessThan(1000);
      expect(run.messages.at(-1)).toEqual({ type: 'stopped', cause });
      expect(existsSync(folder.output(lastCheckpoint(run).path))).toBe(true);
      expect(await run.exit).toBe(0);
    },
  );

  it('by SIGTERM, and resumed, ends with the same state as one that was not', async () => {
    // Long enough that the signal comes before the end.
    const changes = { fit: { ...fit, epochs: 3_000 }, events: { batch_interval_seconds: 0.01 } };
    const whole = await prepare(changes);
    const run = whole.start();
    const interrupted = await prepare(changes);
    const first = interrupted.start();
    await first.until(isTraining);
    first.signal('SIGTERM');
    expect(await first.exit).toBe(0);
    expect(first.messages.at(-1)).toEqual({ type: 'stopped', cause: 'terminate' });
    const saved = interrupted.output(lastCheckpoint(first).path);
    const resumed = await prepare({ ...changes, attempt: 2, resume_from: earlier }, saved);
    const second = resumed.start();
    expect([await run.exit, await second.exit]).toEqual([0, 0]);
    const [expected, actual] = await Promise.all([
      loadState(whole.output(lastCheckpoint(run).path)),
      loadState(resumed.output(lastCheckpoint(second).path)),
    ]);
    expect(timeless(actual.state)).toEqual(timeless(expected.state));
    expect(second.messages.at(-1)).toEqual(run.messages.at(-1));
  });
});

it('saves when it is asked to, and goes on', async () => {
  const run = (await prepare(endless)).start();
  await run.until(isTraining);
  run.tell({ type: 'checkpoint' });
  const checkpoint = await run.until(({ type }) => type === 'checkpoint');
  expect(checkpoint).toMatchObject({ final: false });
  const count = run.messages.length;
  await run.until((message) => isTraining(message) && run.messages.indexOf(message) > count);
  run.tell({ type: 'stop', cause: 'cancel' });
  expect(await run.exit).toBe(0);
});

describe('the fault of the user', () => {
  const failureOf = async (changes: Partial<RunSpec>): Promise<unknown> => {
    const run = (await prepare(changes)).start();
    expect(await run.exit).toBe(0);
    const last = run.messages.at(-1)!;
    return last.type === 'failed' ? last.failure : last;
  };

  it('is told with a name and a text', async () => {
    const sgd = { class_name: 'SGD', config: { learning_rate: 1e30 } };
    expect(await failureOf({ compile: { optimizer: sgd, loss: 'mse' } })).toMatchObject({
      category: 'user',
      code: 'loss_not_finite',
      message: expect.stringMatching(/epoch 1.*lower learning rate/),
    });
    expect(await failureOf({ compile: { optimizer: 'adm', loss: 'mse' } })).toMatchObject({
      category: 'user',
      message: expect.stringContaining('/compile/optimizer: There is no optimizer adm. Did you mean adam'),
    });
    expect(await failureOf({ fit: { ...fit, sample_weight: 'weight' } })).toMatchObject({
      category: 'user',
      code: 'invalid_data',
      message: expect.stringContaining('no column "weight"'),
    });
    expect(await failureOf({ callbacks: [{ class_name: 'EarlyStoping', config: {} }] })).toMatchObject({
      category: 'user',
      code: 'invalid_callback',
      message: expect.stringContaining('EarlyStopping'),
    });
  });

  it('is told when it is a value that TensorFlow cannot compute with', async () => {
    const importance = { columns: ['importance'], standardize: false, scale: 1, offset: 0 };
    const failure = await failureOf({
      data: { ...smallData, y: [importance] },
      model: { definition: modelEndingIn({ units: 2, activation: 'softmax' }) },
      compile: { optimizer: 'adam', loss: 'sparse_categorical_crossentropy' },
    });
    expect(failure).toMatchObject({
      category: 'user',
      code: 'invalid_values',
      message: expect.stringMatching(/label value of 2 which is outside the valid range/),
    });
  });
});

describe('a run whose worker is gone', () => {
  it('ends by itself', async () => {
    const run = (await prepare(endless)).start();
    await run.until(isTraining);
    run.abandon();
    expect(await run.exit).toBe(3);
  });
});

it('loses no message when the worker reads slowly', async () => {
  const epochs = 1500;
  const run = (await prepare({ fit: { ...fit, epochs, batch_size: 240 } })).start();
  await run.until(isTraining);
  run.readSlowly();
  expect(await run.exit).toBe(0);
  const ended = run.events.flatMap((event) => (event.type === 'epoch_end' ? [event.data.epoch] : []));
  expect(ended).toEqual([...Array(epochs).keys()]);
});

it('fails by the fault of the machine, and leaves no half file, when the disk is full', async () => {
  const folder = await prepare();
  const output = folder.output('');
  const full = ['bwrap', '--dev-bind', '/', '/', '--size', '4096', '--tmpfs', output];
  const listing = `${process.execPath} ${TRAINER_MAIN} "$@"; code=$?; ls -A ${output}/checkpoints >&2; exit $code`;
  const run = folder.start([...full, 'sh', '-c', listing, 'sh']);
  expect(await run.exit).toBe(0);
  expect(run.messages.at(-1)).toMatchObject({
    type: 'failed',
    failure: { category: 'infrastructure', code: 'storage_full' },
  });
  expect(run.stderr).toEqual([]);
});

it('prints its messages when it is run by hand', async () => {
  const folder = await prepare();
  const args = [
    TRAINER_MAIN,
    path.join(folder.path, 'run.json'),
    path.join(folder.path, 'data'),
    folder.output(''),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainerMessage);
  expect(messages.at(-1)).toMatchObject({ type: 'succeeded' });
});

it('says what is wrong with its command line', async () => {
  const failure = promisify(execFile)(process.execPath, [TRAINER_MAIN]).catch((error: unknown) => error);
  expect(await failure).toMatchObject({ code: 2, stderr: expect.stringContaining('usage: epochal-train') });
});
