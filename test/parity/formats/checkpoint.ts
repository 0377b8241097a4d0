import { createHash } from 'node:crypto';
import { SafetensorsFile, writeSafetensors, type TensorToWrite } from '@epochal/model-formats';
import type { ModelDetails, ModelWeight } from '@epochal/model-spec';

/** Numbers that look random and are the same in every run. */
const noise = (seed: number, count: number, positive: boolean): Float32Array => {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state / 2 ** 32;
    return positive ? value + 0.1 : value - 0.5;
  });
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** Variances and second moments must not be negative. */
const isPositive = (name: string): boolean => /variance|velocity|accumulator|norm$|hat/.test(name);

const weightTensor = ({ path, spec }: ModelWeight, seed: number): TensorToWrite => ({
  name: `model/${path}`,
  dtype: spec.dtype,
  shape: spec.shape,
  read: () =>
    spec.dtype === 'int32' ? Int32Array.of(640) : noise(seed, sizeOf(spec.shape), isPositive(spec.path)),
});

const scalar = (name: string, value: number, dtype: 'float32' | 'int32'): TensorToWrite => ({
  name,
  dtype,
  shape: [],
  read: () => (dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value)),
});

/**
 * The tensors of a checkpoint with numbers of every kind.
 * @param slotGroups the optimizer's slots: those of one group stand side by side for each weight
 */
export const checkpointTensors = (
  model: ModelDetails,
  slotGroups: readonly (readonly string[])[],
  learningRate: number | null,
): TensorToWrite[] => {
  const trainable = model.weights.filter((weight) => weight.trainable);
  const slots = slotGroups.flatMap((group, number) =>
    trainable.flatMap(({ path, spec }, index) =>
      group.map((slot, place): TensorToWrite => ({
        name: `optimizer/${slot}/${path}`,
        dtype: 'float32',
        shape: spec.shape,
        read: () => noise(1000 + number * 100 + index * 10 + place, sizeOf(spec.shape), isPositive(slot)),
      })),
    ),
  );
  return [
    ...model.weights.map((weight, index) => weightTensor(weight, index + 1)),
    scalar('optimizer/iterations', 24, 'int32'),
    ...(learningRate === null ? [] : [scalar('optimizer/learning_rate', learningRate, 'float32')]),
    ...slots,
    scalar('callback/0/best', 1, 'float32'),
  ];
};

export const writeCheckpoint = async (
  path: string,
  tensors: readonly TensorToWrite[],
): Promise<SafetensorsFile> => {
  await writeSafetensors(path, tensors);
  return SafetensorsFile.open(path);
};

/** The SHA-256 of a tensor's numbers, as Keras would hold them: integers as int64. */
export const digestOf = async (file: SafetensorsFile, name: string): Promise<string> => {
  const values = await file.read(name);
  const bytes = values instanceof Int32Array ? BigInt64Array.from(values, BigInt) : values;
  return createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex');
};
