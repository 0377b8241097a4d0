import type { EventDraft } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { TrainingError } from '../training-error.js';
import { loadSmallTensorFlow, sequential, trainSmall, waveSamples } from '../testing/small-training.js';

beforeAll(() => {
  loadSmallTensorFlow();
});

const types = (events: readonly EventDraft[]): string[] => events.map(({ type }) => type);
const linear = sequential(5, ['Dense', { units: 1 }]);

describe('events', () => {
  it("come in Keras's order", async () => {
    const { events } = await trainSmall({ fit: { epochs: 2, batch_size: 64 }, batchIntervalSeconds: 0 });
    const batches = Array.from({ length: 3 }, () => 'train_batch_end');
    const epoch = ['epoch_begin', ...batches, 'test_begin', 'test_batch_end', 'test_end', 'epoch_end'];
    expect(types(events)).toEqual(['train_begin', ...epoch, ...epoch, 'train_end']);
  });

  it('tell the running logs of the epoch at a batch, the last of which are those of the epoch', async () => {
    const { events } = await trainSmall({
      fit: { epochs: 1, batch_size: 50 },
      validation: null,
      batchIntervalSeconds: 0,
    });
    const batches = events.flatMap((event) => (event.type === 'train_batch_end' ? [event.data] : []));
    const [end] = events.flatMap((event) => (event.type === 'epoch_end' ? [event.data] : []));
    expect(batches.map(({ batch }) => batch)).toEqual([0, 1, 2]);
    expect(batches[0]!.logs).not.toEqual(end!.logs);
    expect(batches[2]!.logs).toEqual(end!.logs);
  });

  it('of batches are thinned by time, those of epochs are not', async () => {
    const { events } = await trainSmall({ fit: { epochs: 50 }, batchIntervalSeconds: 1000 });
    const count = (type: string): number => types(events).filter((each) => each === type).length;
    expect([count('train_batch_end'), count('epoch_end')]).toEqual([1, 50]);
  });

  it('begin with the sizes of what is trained', async () => {
    const { events } = await trainSmall({
      fit: { epochs: 3, initial_epoch: 1, validation_split: 0.2 },
      validation: null,
    });
    expect(events[0]).toEqual({
      type: 'train_begin',
      data: {
        epochs: 3,
        initial_epoch: 1,
        steps: 4,
        samples: { train: 120, validation: 30, test: 0 },
        resumed_from: null,
      },
    });
  });
});

describe('the order of rows', () => {
  const weightsOf = async (seed: number, shuffle: boolean) =>
    (await trainSmall({ definition: linear, seed, fit: { epochs: 1, shuffle } })).weights;

  it('depends on the seed alone when shuffled', async () => {
    expect(await weightsOf(1, true)).toEqual(await weightsOf(1, true));
    expect(await weightsOf(1, true)).not.toEqual(await weightsOf(1, false));
  });
});

describe('a loss that is not finite', () => {
  const explosive = {
    definition: linear,
    compile: { optimizer: { class_name: 'SGD', config: { learning_rate: 1e20 } }, loss: 'mse' },
  };

  it('fails by name, with the epoch, the batch and what to try', async () => {
    const failure = await trainSmall(explosive).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TrainingError);
    expect(failure).toMatchObject({ code: 'loss_not_finite' });
    expect((failure as TrainingError).message).toMatch(
      /^The loss became (NaN|Infinity) in epoch 1, by batch \d of 5\. Try a lower learning rate/,
    );
  });

  it('ends training in peace when TerminateOnNaN is there', async () => {
    const callbacks = [{ class_name: 'TerminateOnNaN', config: {} }];
    const { result, events } = await trainSmall({ ...explosive, callbacks });
    expect(result.outcome).toBe('completed');
    expect(result.history).toHaveLength(1);
    expect(events).toContainEqual({
      type: 'log',
      data: {
        level: 'warning',
        message: expect.stringMatching(/^Batch \d: invalid loss, terminating training$/),
      },
    });
  });
});

describe('arguments', () => {
  const failure = (training: Parameters<typeof trainSmall>[0]) =>
    trainSmall({ definition: linear, ...training }).catch((error: unknown) => error);

  it('that exclude each other are refused', async () => {
    const weighted = { ...waveSamples(40), weights: new Float32Array(40).fill(1) };
    expect(await failure({ train: weighted, fit: { class_weight: { 0: 2 } } })).toMatchObject({
      code: 'invalid_fit',
      message: expect.stringContaining('class_weight and sample_weight cannot be used together'),
    });
  });

  it('that leave no rows are refused', async () => {
    expect(await failure({ train: waveSamples(0) })).toMatchObject({ code: 'invalid_data' });
    const split = { train: waveSamples(1), validation: null, fit: { validation_split: 0.5 } };
    expect(await failure(split)).toMatchObject({ code: 'invalid_fit' });
  });
});

it('leaves no tensor behind but the weights of the model', async () => {
  await trainSmall({ definition: linear });
  const before = tf.memory().numTensors;
  await trainSmall({ definition: linear });
  await trainSmall({ definition: linear, execution: 'eager' });
  // Each training leaves the kernel and the bias of its model.
  expect(tf.memory().numTensors - before).toBe(4);
});

it('moves the averages of an optimizer into the weights at the end, as Keras does', async () => {
  const withAverages = (use_ema: boolean) =>
    trainSmall({
      definition: linear,
      compile: { optimizer: { class_name: 'SGD', config: { use_ema, ema_momentum: 0.5 } }, loss: 'mse' },
    });
  const [plain, averaged] = [await withAverages(false), await withAverages(true)];
  expect(averaged.result).toEqual(plain.result);
  expect(averaged.weights).not.toEqual(plain.weights);
});
