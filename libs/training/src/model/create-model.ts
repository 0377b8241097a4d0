import type { KerasObject } from '@epochal/contracts';
import { createRegularizer, initializeWeight, type Regularizer } from '@epochal/layers';
import { modelWeights, type ModelDescription } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { weightSeed } from './weight-seed.js';

/** A weight of a model and what is done to it. */
export interface ModelVariable {
  readonly path: string;
  readonly variable: tf.Variable;
  readonly trainable: boolean;
  readonly regularizer: Regularizer | null;
  readonly constraint: KerasObject | null;
}

/** A model whose weights exist. */
export interface Model {
  readonly description: ModelDescription;
  /** In Keras's order, by path. */
  readonly variables: ReadonlyMap<string, ModelVariable>;
}

/**
 * Makes the weights of a model. Each starts with a value that depends only on its initializer, its path and the seed.
 * TensorFlow must be loaded. The variables are freed by `disposeModel`.
 */
export const createModel = (description: ModelDescription, seed: number): Model => {
  const variables = modelWeights(description).map(({ path, spec, trainable }): ModelVariable => {
    const initial = tf.tidy(() => initializeWeight(spec, weightSeed(seed, path)));
    const variable = tf.variable(initial, trainable);
    initial.dispose();
    return {
      path,
      variable,
      trainable,
      regularizer: spec.regularizer ? createRegularizer(spec.regularizer) : null,
      constraint: spec.constraint ?? null,
    };
  });
  return { description, variables: new Map(variables.map((variable) => [variable.path, variable])) };
};

export const disposeModel = (model: Model): void => {
  for (const { variable } of model.variables.values()) variable.dispose();
};
