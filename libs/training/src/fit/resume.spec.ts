import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadState, saveState } from '../state/state-file.js';
import type { TrainingState } from '../state/training-state.js';
import {
  loadSmallTensorFlow,
  trainSmall,
  type Recorded,
  type SmallTraining,
} from '../testing/small-training.js';

// 150 rows in batches of 32: four full batches and one of 22; 50 validation rows in batches of 16: three full, one of 2.
const training: SmallTraining = {
  fit: { epochs: 4, batch_size: 32, validation_batch_size: 16 },
  callbacks: [
    { class_name: 'ReduceLROnPlateau', config: { patience: 1, min_delta: 0.5, factor: 0.5 } },
    { class_name: 'EarlyStopping', config: { patience: 3, restore_best_weights: true } },
  ],
  // Each batch is a native call of its own, so that training can be stopped after any of them.
  batchIntervalSeconds: 0,
};

/** Everything that a training leaves behind but its times. */
const outcome = ({ result, weights, checkpoints }: Recorded): unknown => {
  const { tensors, progress } = checkpoints.at(-1)!.state;
  return { history: result.history, weights, tensors, callbacks: progress.callbacks };
};

let folder: string;
beforeAll(async () => {
  loadSmallTensorFlow();
  folder = await mkdtemp(path.join(tmpdir(), 'training-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The state as it comes back from the disk. */
const throughFile = async (state: TrainingState): Promise<TrainingState> => {
  const file = path.join(folder, 'state.safetensors');
  await saveState(file, state);
  return (await loadState(file)).state;
};

describe.each(['auto', 'eager'] as const)('a training that is stopped and resumed (%s)', (execution) => {
  let whole: Recorded;
  beforeAll(async () => {
    whole = await trainSmall({ ...training, execution });
  });

  // One epoch is 5 train batches and 4 validation batches: these stop in each part of the first, second and last epoch.
  it.each([0, 2, 4, 5, 7, 8, 9, 13, 16, 30, 35])(
    'goes on after native call %i to the same bits',
    async (call) => {
      const stopped = await trainSmall({
        ...training,
        execution,
        requests: (now) => (now === call ? 'stop' : 'continue'),
      });
      expect(stopped.result.outcome).toBe('stopped');
      const resume = await throughFile(stopped.checkpoints.at(-1)!.state);
      const resumed = await trainSmall({ ...training, execution, resume });
      expect(resumed.result.outcome).toBe('completed');
      expect(outcome(resumed)).toEqual(outcome(whole));
    },
  );

  it('goes on from a checkpoint that was asked for, and the training that went on ends the same', async () => {
    const requests = (now: number) => (now === 11 ? 'checkpoint' : 'continue');
    const saved = await trainSmall({ ...training, execution, requests });
    expect(outcome(saved)).toEqual(outcome(whole));
    expect(saved.checkpoints).toHaveLength(2);
    const [checkpoint] = saved.checkpoints;
    expect(checkpoint).toMatchObject({ epoch: 1, step: 8, final: false });
    const resumed = await trainSmall({
      ...training,
      execution,
      resume: await throughFile(checkpoint!.state),
    });
    expect(outcome(resumed)).toEqual(outcome(whole));
  });

  it('resumed twice, ends the same', async () => {
    const stopAt = (call: number) => (now: number) => (now === call ? 'stop' : 'continue');
    const first = await trainSmall({ ...training, execution, requests: stopAt(3) });
    const resume = await throughFile(first.checkpoints.at(-1)!.state);
    const second = await trainSmall({ ...training, execution, resume, requests: stopAt(12) });
    const last = await trainSmall({
      ...training,
      execution,
      resume: await throughFile(second.checkpoints.at(-1)!.state),
    });
    expect(outcome(last)).toEqual(outcome(whole));
  });

  it('that had ended does no more than say so', async () => {
    const resumed = await trainSmall({
      ...training,
      execution,
      resume: await throughFile(whole.checkpoints.at(-1)!.state),
    });
    expect(outcome(resumed)).toEqual(outcome(whole));
    expect(resumed.events.map(({ type }) => type)).toEqual(['train_begin', 'train_end']);
    expect(resumed.checkpoints.map(({ final }) => final)).toEqual([true]);
  });
});

it('gives the same bits as a graph and op by op', async () => {
  const [graph, eager] = [await trainSmall(training), await trainSmall({ ...training, execution: 'eager' })];
  expect([graph.mode, eager.mode]).toEqual(['graph', 'eager: It was asked for.']);
  expect(outcome(graph)).toEqual(outcome(eager));
});

it('gives the same bits however many batches a native call runs', async () => {
  const [one, many] = [
    await trainSmall(training),
    await trainSmall({ ...training, batchIntervalSeconds: 0.5 }),
  ];
  expect(outcome(many)).toEqual(outcome(one));
});

it('tells where it was resumed, and does not begin that epoch again', async () => {
  const stopped = await trainSmall({ ...training, requests: (now) => (now === 11 ? 'stop' : 'continue') });
  const resumed = await trainSmall({ ...training, resume: stopped.checkpoints.at(-1)!.state });
  expect(resumed.events[0]).toMatchObject({
    type: 'train_begin',
    data: { resumed_from: { epoch: 1, step: 3 } },
  });
  const begun = resumed.events.flatMap((event) => (event.type === 'epoch_begin' ? [event.data.epoch] : []));
  expect(begun).toEqual([2, 3]);
});

it('refuses a checkpoint of another model, optimizer or set of callbacks', async () => {
  const { state } = (await trainSmall({ ...training, fit: { epochs: 1 } })).checkpoints[0]!;
  const withSgd = trainSmall({
    ...training,
    resume: state,
    compile: { optimizer: 'sgd', loss: 'mse', metrics: ['mse'] },
  });
  await expect(withSgd).rejects.toThrow('the checkpoint has no tracker/mse/0');
  await expect(trainSmall({ ...training, resume: state, callbacks: [] })).rejects.toThrow(
    'with the callbacks',
  );
});
