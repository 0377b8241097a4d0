import type * as tf from '@tensorflow/tfjs-core';

/** One batch as a step takes it: the columns of its rows, by what they are for. */
export interface BatchColumns {
  readonly inputs: readonly tf.Tensor[];
  /** By output; null for an output that has no targets. */
  readonly targets: readonly (tf.Tensor | null)[];
  readonly sampleWeight: tf.Tensor | null;
}

/** Tells the columns of a batch apart: inputs, then targets of those outputs that have some, then row weights. */
export const splitColumns = (
  columns: readonly tf.Tensor[],
  layout: { readonly inputs: number; readonly hasTarget: readonly boolean[]; readonly weighted: boolean },
): BatchColumns => {
  const rest = columns.slice(layout.inputs);
  const targets = layout.hasTarget.map((present) => (present ? rest.shift()! : null));
  return {
    inputs: columns.slice(0, layout.inputs),
    targets,
    sampleWeight: layout.weighted ? rest[0]! : null,
  };
};
