import type { TensorSpec } from '@epochal/contracts';
import type { EncodedTensor } from '@epochal/datasets';
import { TrainingError, type SampleTensor } from '@epochal/training';

const productOf = (sizes: readonly (number | null)[]): number =>
  sizes.reduce<number>((product, size) => product * (size ?? 1), 1);

const plural = (count: number): string => (count === 1 ? '1 number' : `${count} numbers`);

/**
 * Brings encoded tensors into the order of the model's inputs or outputs, by name; a single one needs no name.
 * @param field `x` or `y`, as in the request
 * @returns undefined for a tensor of the model that the data leaves out
 * @throws TrainingError when the data names what the model does not have
 */
export const matchTensors = (
  encoded: readonly EncodedTensor[],
  specs: readonly TensorSpec[],
  field: 'x' | 'y',
): (EncodedTensor | undefined)[] => {
  const kind = field === 'x' ? 'inputs' : 'outputs';
  const names = specs.map(({ name }) => name).join(', ');
  const [first] = encoded;
  if (first?.name === null) {
    if (specs.length === 1) return [first];
    throw new TrainingError(
      'invalid_data',
      `data.${field} is one list, but the model has ${specs.length} ${kind}: give an object with ${names}`,
    );
  }
  const unknown = encoded.filter(({ name }) => !specs.some((spec) => spec.name === name));
  if (unknown.length > 0)
    throw new TrainingError(
      'invalid_data',
      `data.${field} names ${unknown.map(({ name }) => name).join(', ')}, but the ${kind} of the model are ${names}`,
    );
  return specs.map((spec) => encoded.find(({ name }) => name === spec.name));
};

/** The encoded columns as the model's input takes them: in its shape, and as whole numbers where it wants those. */
export const asInput = (encoded: EncodedTensor | undefined, spec: TensorSpec): SampleTensor => {
  if (encoded === undefined)
    throw new TrainingError('invalid_data', `data.x has no entry for the input ${spec.name} of the model`);
  const sizes = spec.shape.slice(1);
  const shape = sizes.map((size) => size ?? encoded.width / productOf(sizes));
  if (productOf(shape) !== encoded.width || !shape.every(Number.isInteger))
    throw new TrainingError(
      'invalid_data',
      `the columns of data.x make ${plural(encoded.width)} a row, but the input ${spec.name} takes ${plural(productOf(sizes))} ` +
        `(shape [${sizes.join(', ')}])`,
    );
  const values = spec.dtype.startsWith('int') ? Int32Array.from(encoded.values) : encoded.values;
  return { shape, values };
};

/**
 * The encoded columns as a loss takes them: in the shape of the output, or without its last axis where they are class numbers.
 */
export const asTarget = (encoded: EncodedTensor, spec: TensorSpec): SampleTensor => {
  const { width, values } = encoded;
  const sizes = spec.shape.slice(1).map((size) => size ?? 1);
  const steps = sizes.slice(0, -1);
  if (productOf(sizes) === width) return { shape: sizes, values };
  if (productOf(steps) === width) return { shape: [...steps, 1], values };
  throw new TrainingError(
    'invalid_data',
    `the columns of data.y make ${plural(width)} a row, but the output ${spec.name} makes ${plural(productOf(sizes))}: ` +
      'give as many, or one class number',
  );
};
