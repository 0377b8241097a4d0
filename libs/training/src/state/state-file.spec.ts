import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseModel } from '@epochal/model-spec';
import { writeSafetensors } from '@epochal/model-formats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createModel } from '../model/create-model.js';
import { loadSmallTensorFlow, sequential } from '../testing/small-training.js';
import { loadState, loadWeights, saveState } from './state-file.js';
import type { TrainingState } from './training-state.js';

let folder: string;
beforeAll(async () => {
  loadSmallTensorFlow();
  folder = await mkdtemp(path.join(tmpdir(), 'state-'));
});
afterAll(() => rm(folder, { recursive: true }));

const state: TrainingState = {
  progress: {
    epoch: 3,
    step: 2,
    totalSteps: 14,
    epochSeconds: 0.125,
    stopTraining: true,
    ended: false,
    callbacks: [{ className: 'EarlyStopping', state: { best: 'NaN', wait: 1 } }],
  },
  history: [
    { epoch: 0, logs: { loss: 0.5 } },
    { epoch: 1, logs: { loss: Math.fround(0.1), val_loss: Infinity } },
    { epoch: 2, logs: { loss: NaN } },
  ],
  tensors: {
    'model/dense/kernel': { shape: [2, 1], dtype: 'float32', values: Float32Array.of(1.5, -0) },
    'optimizer/iterations': { shape: [], dtype: 'int32', values: Int32Array.of(14) },
  },
};

it('gives back what was saved: progress, history with the epochs that have no such log, and tensors', async () => {
  const file = path.join(folder, 'new', 'state.safetensors');
  await saveState(file, state, { preprocessing: { x: [1] } });
  const loaded = await loadState(file);
  expect(loaded.extra).toEqual({ preprocessing: { x: [1] } });
  expect(loaded.state.progress).toEqual(state.progress);
  expect(loaded.state.history).toEqual(state.history);
  expect(loaded.state.tensors).toMatchObject(state.tensors);
});

it('refuses what is no checkpoint', async () => {
  const file = path.join(folder, 'other.safetensors');
  await writeFile(file, 'not a checkpoint');
  await expect(loadState(file)).rejects.toThrow('the checkpoint cannot be read');
  await writeSafetensors(file, []);
  await expect(loadState(file)).rejects.toThrow('no checkpoint of the format');
});

it('takes weights from any file that names them so, and says when they are of another model', async () => {
  const file = path.join(folder, 'weights.safetensors');
  const tensor = (name: string, shape: number[], values: number[]) => ({
    name,
    shape,
    dtype: 'float32' as const,
    read: () => Float32Array.from(values),
  });
  await writeSafetensors(file, [
    tensor('model/layer_0/kernel', [2, 1], [3, 4]),
    tensor('model/layer_0/bias', [1], [5]),
  ]);
  const model = createModel(parseModel(sequential(2, ['Dense', { units: 1 }])), 0);
  await loadWeights(model, file);
  expect([...model.variables.get('layer_0/kernel')!.variable.dataSync()]).toEqual([3, 4]);
  const wider = createModel(parseModel(sequential(3, ['Dense', { units: 1 }])), 0);
  await expect(loadWeights(wider, file)).rejects.toThrow(
    'has shape [2, 1] in the checkpoint and [3, 1] in the model',
  );
});
