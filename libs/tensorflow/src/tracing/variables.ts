import * as tf from '@tensorflow/tfjs-core';
import { nativeBackend, typeAttribute } from '../native/backend.js';

/** The variables as they were, so that running a step leaves no mark. */
export interface VariableSnapshot {
  readonly variables: readonly { readonly variable: tf.Variable; readonly kept: tf.Tensor }[];
  /** Gives every variable its old value back. */
  restore(): void;
}

/** Remembers the value of every variable that TensorFlow.js knows, without copying it. */
export function snapshotVariables(): VariableSnapshot {
  const variables = Object.values(tf.engine().registeredVariables)
    .filter((variable) => !variable.isDisposed)
    .map((variable) => ({ variable, kept: tf.keep(variable.clone()) }));
  return {
    variables,
    restore() {
      for (const { variable, kept } of variables) {
        if (!variable.isDisposed) variable.assign(kept);
        kept.dispose();
      }
    },
  };
}

/** A tensor of the same values under a native id of its own: two tensors that share one would look the same in a trace. */
export function withOwnId(tensor: tf.Tensor): tf.Tensor {
  return nativeBackend().executeSingleOutput('Identity', [typeAttribute('T', tensor.dtype)], [tensor]);
}

/** The id of the native tensor, which is made now if the values were still JavaScript's. */
export function nativeId(tensor: tf.Tensor): number {
  return nativeBackend().getInputTensorIds([tensor])[0]!;
}
