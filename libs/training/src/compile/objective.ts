import { createLoss, type Loss, type Mask } from '@epochal/layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Applied } from '../model/apply-model.js';
import type { Model } from '../model/create-model.js';
import { TrainingError } from '../training-error.js';
import type { CompilePlan } from './plan-compile.js';

interface WeightedLoss {
  readonly loss: Loss;
  readonly weight: number | null;
}

export interface ObjectiveValue {
  /** What training makes smaller: weighted losses of the outputs, regularization and what layers added. */
  readonly total: tf.Scalar;
  /** Each output's loss without its weight; null where it has none. */
  readonly losses: readonly (tf.Tensor | null)[];
}

/** The function that training makes smaller (`Trainer.compute_loss` in Keras). */
export class Objective {
  readonly #losses: readonly (WeightedLoss | null)[];

  constructor(
    private readonly model: Model,
    plan: CompilePlan,
  ) {
    this.#losses = plan.outputs.map(({ name, loss, lossWeight: weight }) => {
      if (loss === null) return null;
      if (loss.config['reduction'] === 'none')
        throw new TrainingError(
          'invalid_compile',
          `the loss of ${name} has reduction "none": training needs one number, such as with "sum_over_batch_size"`,
        );
      return { loss: createLoss(loss), weight };
    });
  }

  compute(
    applied: Applied,
    targets: readonly (tf.Tensor | null)[],
    sampleWeight: tf.Tensor | null,
  ): ObjectiveValue {
    const losses = this.#losses.map((entry, output) => {
      const mask: Mask = applied.masks[output] ?? null;
      return entry && entry.loss.compute(targets[output]!, applied.outputs[output]!, sampleWeight, mask);
    });
    const weighted = losses.flatMap((loss, output) => {
      if (loss === null) return [];
      const weight = this.#losses[output]!.weight;
      return [weight === null ? loss : tf.mul(loss, weight)];
    });
    const [first, ...others] = [...weighted, ...applied.losses, ...this.#penalties()];
    const total = others.reduce((sum, term) => tf.add(sum, term), first!) as tf.Scalar;
    return { total, losses };
  }

  /** Keras regularizes the weights that it trains, and no others. */
  #penalties(): tf.Scalar[] {
    return [...this.model.variables.values()].flatMap(({ trainable, regularizer, variable }) =>
      trainable && regularizer !== null ? [regularizer(variable)] : [],
    );
  }
}
