import { compileSchema, type Compile } from '@epochal/contracts';
import { describe, expect, it } from 'vitest';
import { planCompile, type OutputOfModel } from './plan-compile.js';

const one: OutputOfModel[] = [{ name: 'dense', shape: [null, 3], targetShape: [null, 1] }];
const two: OutputOfModel[] = [
  { name: 'main', shape: [null, 1], targetShape: [null, 1] },
  { name: 'aux', shape: [null, 1], targetShape: [null, 1] },
];
const plan = (compile: unknown, outputs = two) =>
  planCompile(compileSchema.parse(compile) satisfies Compile, outputs);
const logNames = (compile: unknown, outputs = two): (string | null)[] =>
  plan(compile, outputs).outputs.flatMap(({ lossLogName, metrics, weightedMetrics }) => [
    lossLogName,
    ...[...metrics, ...weightedMetrics].map(({ logName }) => logName),
  ]);

describe('planCompile', () => {
  it('names the logs of a single output without its name', () => {
    expect(logNames({ loss: 'mse', metrics: ['mae', 'RootMeanSquaredError'] }, one)).toEqual([
      null,
      'mae',
      'RootMeanSquaredError',
    ]);
  });

  it('names the logs of several outputs by output, in a list or by name', () => {
    const names = ['main_loss', 'main_mae', 'aux_loss', 'aux_mse'];
    expect(logNames({ loss: 'mse', metrics: [['mae'], ['mse']] })).toEqual(names);
    expect(logNames({ loss: { aux: 'mae', main: 'mse' }, metrics: { aux: 'mse', main: ['mae'] } })).toEqual(
      names,
    );
  });

  it("numbers a name that is taken, and marks a weighted metric's", () => {
    const metrics = ['mae', { class_name: 'MeanAbsoluteError', config: { name: 'mae' } }];
    expect(logNames({ loss: 'mse', metrics, weighted_metrics: ['mae', 'mse'] }, one)).toEqual([
      null,
      'mae',
      'mae_1',
      'weighted_mae',
      'mse',
    ]);
  });

  it('chooses the accuracy by the shapes of output and target', () => {
    const [output] = plan({ loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] }, one).outputs;
    expect(output?.metrics[0]?.metric.class_name).toBe('SparseCategoricalAccuracy');
    expect(output?.metrics[0]?.logName).toBe('accuracy');
  });

  it('has no log of its own for the loss of the only output that has one', () => {
    expect(plan({ loss: ['mse', null] }).outputs.map(({ lossLogName }) => lossLogName)).toEqual([null, null]);
  });

  it('takes loss weights in a list, by name, or one for all', () => {
    const weights = (lossWeights: unknown): (number | null)[] =>
      plan({ loss: 'mse', loss_weights: lossWeights }).outputs.map(({ lossWeight }) => lossWeight);
    expect(weights([0.9, 0.1])).toEqual([0.9, 0.1]);
    expect(weights({ aux: 0.1 })).toEqual([null, 0.1]);
    expect(weights(2)).toEqual([2, 2]);
    expect(weights(null)).toEqual([null, null]);
  });

  it('says what is wrong with entries for outputs that do not exist, or are missing, and where', () => {
    expect(() => plan({ loss: { main: 'mse', auxiliary: 'mse' } })).toThrow(
      '/compile/loss: loss has no entry for the output aux; /compile/loss/auxiliary: The model has no output auxiliary',
    );
    expect(() => plan({ loss: 'mse', metrics: { out: ['mae'] } })).toThrow(
      '/compile/metrics/out: The model has no output out',
    );
    expect(() => plan({ loss: 'mse', metrics: ['mae'] })).toThrow(
      '/compile/metrics: metrics is a list of 1, but the model has 2 outputs',
    );
    expect(() => plan({ loss: [null, null] })).toThrow('/compile/loss: No output has a loss');
  });
});
