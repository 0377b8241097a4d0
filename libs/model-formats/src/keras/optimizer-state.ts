import type { ModelWeight } from '@epochal/model-spec';
import type { TensorEntry } from '../safetensors/header.js';
import type { SafetensorsFile } from '../safetensors/safetensors-file.js';

/** One variable of an optimizer, as Keras would have it. */
export interface OptimizerVariable {
  /** Keras's name of what it holds: `iteration`, `learning_rate`, `momentum`. */
  readonly name: string;
  /** Path of the weight that it belongs to; null for one of the optimizer as a whole. */
  readonly weight: string | null;
  readonly shape: readonly number[];
  /** The tensor that holds it; null for one that is zero. */
  readonly tensor: TensorEntry | null;
}

const PREFIX = 'optimizer/';

const readVariable = (tensor: TensorEntry): OptimizerVariable => {
  const name = tensor.name.slice(PREFIX.length);
  const slash = name.indexOf('/');
  if (name === 'iterations') return { name: 'iteration', weight: null, shape: tensor.shape, tensor };
  if (slash < 0) return { name, weight: null, shape: tensor.shape, tensor };
  return { name: name.slice(0, slash), weight: name.slice(slash + 1), shape: tensor.shape, tensor };
};

/**
 * The variables of a checkpoint's optimizer in Keras 3's order: `iteration`, `learning_rate` unless a schedule computes it, then the
 * slots in the order of the file, which is Keras's. Empty when the checkpoint holds no optimizer.
 */
export const optimizerVariables = (checkpoint: SafetensorsFile): OptimizerVariable[] => {
  const all = [...checkpoint.tensors.values()]
    .filter(({ name }) => name.startsWith(PREFIX))
    .map(readVariable);
  const first = ['iteration', 'learning_rate'];
  const isFirst = ({ name, weight }: OptimizerVariable): boolean => weight === null && first.includes(name);
  const leading = first.flatMap((wanted) =>
    all.filter(({ name, weight }) => weight === null && name === wanted),
  );
  return [...leading, ...all.filter((variable) => !isFirst(variable))];
};

/**
 * The same variables as Keras 2 keeps them: no learning rate and no placeholder scalars, but a momentum for SGD even when it has
 * none.
 */
export const keras2Variables = (
  variables: readonly OptimizerVariable[],
  className: string,
  weights: readonly ModelWeight[],
): OptimizerVariable[] => {
  const shapes = new Map(weights.map(({ path, spec }) => [path, spec.shape]));
  const isKept = ({ name, weight, shape }: OptimizerVariable): boolean => {
    if (weight === null) return name === 'iteration';
    return shape.length > 0 || shapes.get(weight)?.length === 0;
  };
  const kept = variables.filter(isKept);
  if (className !== 'SGD' || kept.some(({ name }) => name === 'momentum')) return kept;
  const zeros = weights
    .filter(({ trainable }) => trainable)
    .map(({ path, spec }): OptimizerVariable => ({
      name: 'momentum',
      weight: path,
      shape: spec.shape,
      tensor: null,
    }));
  return [...kept, ...zeros];
};

/** The learning rate that training has come to, as a callback may have set it; undefined where a schedule computes it. */
export const currentLearningRate = async (checkpoint: SafetensorsFile): Promise<number | undefined> => {
  const name = `${PREFIX}learning_rate`;
  return checkpoint.tensors.has(name) ? (await checkpoint.read(name))[0] : undefined;
};
