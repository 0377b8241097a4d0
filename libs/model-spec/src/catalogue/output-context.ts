import type { Shape } from '@epochal/contracts';

/** The output that a loss or metric is for. */
export interface OutputContext {
  readonly outputShape: Shape;
  /** Shape of its targets, where it is known. */
  readonly targetShape?: Shape | undefined;
  /** Class name of its loss, which tells what the targets are where their shape is not known. */
  readonly lossClassName?: string | undefined;
}

export type TargetKind = 'binary' | 'sparse_categorical' | 'categorical';

/** What targets an output has, by the rule of keras/src/trainers/compile_utils.py (is_binary_or_sparse_categorical). */
export function targetKind({ outputShape, targetShape, lossClassName }: OutputContext): TargetKind {
  if (outputShape.at(-1) === 1) return 'binary';
  if (targetShape === undefined) {
    return lossClassName === 'SparseCategoricalCrossentropy' ? 'sparse_categorical' : 'categorical';
  }
  const sparse = targetShape.length < outputShape.length || targetShape.at(-1) === 1;
  return sparse ? 'sparse_categorical' : 'categorical';
}
