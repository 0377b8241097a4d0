import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { jsonObjectSchema, type JsonObject } from '@epochal/contracts';
import {
  SafetensorsError,
  SafetensorsFile,
  writeSafetensors,
  type TensorToWrite,
} from '@epochal/model-formats';
import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Model } from '../model/create-model.js';
import { TrainingError } from '../training-error.js';
import { historyFromTensors, historyToTensors } from './history-tensors.js';
import type { StoredTensor, TrainingState } from './training-state.js';
import { writeVariables } from './variables.js';

/** Raised whenever what a checkpoint says changes its meaning. */
const FORMAT = 'epochal-checkpoint-1';

const progressSchema = z.object({
  epoch: z.number().int(),
  step: z.number().int(),
  totalSteps: z.number().int(),
  epochSeconds: z.number(),
  stopTraining: z.boolean(),
  ended: z.boolean(),
  callbacks: z.array(z.object({ className: z.string(), state: jsonObjectSchema })),
});

const toWrite = ([name, { shape, dtype, values }]: [string, StoredTensor]): TensorToWrite => ({
  name,
  dtype,
  shape,
  read: () => values,
});

/**
 * Writes a training's whole state to a safetensors file, whole or not at all; history goes in as tensors `history/<log>/epochs` and
 * `history/<log>/values`. The folder is made if need be.
 * @param extra what else the file is to remember, such as the fitted preprocessing
 * @throws the file system's errors, such as ENOSPC
 */
export const saveState = async (
  file: string,
  state: TrainingState,
  extra: JsonObject = {},
): Promise<void> => {
  const tensors = { ...state.tensors, ...historyToTensors(state.history) };
  await mkdir(path.dirname(file), { recursive: true });
  await writeSafetensors(file, Object.entries(tensors).map(toWrite), {
    format: FORMAT,
    progress: JSON.stringify(state.progress),
    extra: JSON.stringify(extra),
  });
};

const readTensors = async (
  file: string,
): Promise<{ tensors: Record<string, StoredTensor>; metadata: Readonly<Record<string, string>> }> => {
  const opened = await SafetensorsFile.open(file);
  try {
    const tensors: Record<string, StoredTensor> = {};
    for (const [name, { shape, dtype }] of opened.tensors)
      tensors[name] = { shape, dtype, values: await opened.read(name) };
    return { tensors, metadata: opened.metadata };
  } finally {
    await opened.close();
  }
};

/** @throws TrainingError for a file that is not what it should be, with what was found */
const asCheckpoint = async <T>(read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SafetensorsError || error instanceof SyntaxError || error instanceof z.ZodError)
      throw new TrainingError('invalid_checkpoint', `the checkpoint cannot be read: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
};

/**
 * Reads a file of `saveState`.
 * @throws TrainingError when it is something else, or damaged
 */
export const loadState = (file: string): Promise<{ state: TrainingState; extra: JsonObject }> =>
  asCheckpoint(async () => {
    const { tensors, metadata } = await readTensors(file);
    if (metadata['format'] !== FORMAT)
      throw new TrainingError('invalid_checkpoint', `the file is no checkpoint of the format ${FORMAT}`);
    const progress = progressSchema.parse(JSON.parse(metadata['progress'] ?? 'null'));
    const extra = jsonObjectSchema.parse(JSON.parse(metadata['extra'] ?? '{}'));
    return { state: { progress, history: historyFromTensors(tensors), tensors }, extra };
  });

/**
 * Gives a model the weights of a safetensors file whose tensors are named as in a checkpoint, `model/<path>`. What else the file
 * holds is left aside.
 * @throws TrainingError when the weights are of another model, or the file cannot be read
 */
export const loadWeights = async (model: Model, file: string): Promise<void> => {
  const { tensors } = await asCheckpoint(() => readTensors(file));
  const variables = new Map([...model.variables].map(([path, { variable }]) => [`model/${path}`, variable]));
  const assign = (values: readonly tf.Tensor[], which: readonly tf.Variable[]): void =>
    which.forEach((variable, index) => variable.assign(values[index]!));
  writeVariables({ assign }, variables, tensors);
};
