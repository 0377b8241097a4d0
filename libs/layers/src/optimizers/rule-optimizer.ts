import * as tf from '@tensorflow/tfjs-core';
import type { Constraint } from '../constraints/index.js';
import type { ClipGradients } from './gradient-clipping.js';
import type { Schedule } from './learning-rate.js';
import type { Optimizer, OptimizerSlot, TrainableWeight } from './optimizer.js';
import type { OptimizerState } from './optimizer-state.js';
import type { StepContext, UpdateRule } from './update-rule.js';

interface Parts {
  readonly className: string;
  readonly rule: UpdateRule;
  readonly weights: readonly TrainableWeight[];
  readonly constraints: readonly (Constraint | null)[];
  readonly state: OptimizerState;
  readonly learningRate: tf.Variable | Schedule;
  readonly clip: ClipGradients;
  readonly accumulationSteps: number | null;
  readonly lossScale: number | null;
  readonly weightDecay: number | null;
  readonly averageMomentum: number;
  readonly averageOverwriteFrequency: number | null;
}

/** A value that a variable gets at the end of the step. */
type Assignment = readonly [tf.Variable, tf.Tensor];

/** The part that all optimizers share (keras/src/optimizers/base_optimizer.py), around an update rule. */
export class RuleOptimizer implements Optimizer {
  readonly iterations: tf.Variable = tf.tidy(() => tf.variable(tf.scalar(0, 'int32'), false));

  constructor(private readonly parts: Parts) {}

  get className(): string {
    return this.parts.className;
  }

  get learningRate(): tf.Variable | null {
    const { learningRate } = this.parts;
    return learningRate instanceof tf.Variable ? learningRate : null;
  }

  get slots(): readonly OptimizerSlot[] {
    return this.parts.state.slots;
  }

  get lossScale(): number | null {
    return this.parts.lossScale;
  }

  currentLearningRate(): tf.Scalar {
    const { learningRate } = this.parts;
    // A schedule counts single steps, accumulated or not.
    return learningRate instanceof tf.Variable
      ? (learningRate as unknown as tf.Scalar)
      : (tf.tidy(() => learningRate(this.iterations)) as tf.Scalar);
  }

  apply(gradients: readonly (tf.Tensor | null)[]): void {
    if (gradients.length !== this.parts.weights.length) {
      throw new RangeError(
        `${this.className} takes ${this.parts.weights.length} gradients, one a weight; received ${gradients.length}`,
      );
    }
    tf.tidy(() => {
      for (const [variable, value] of this.assignments(gradients)) {
        // A variable can't be assigned to itself: it would dispose of its own value first.
        if (value !== variable) variable.assign(value);
      }
      this.iterations.assign(tf.add(this.iterations, tf.scalar(1, 'int32')));
    });
  }

  finalizeWeights(): void {
    this.parts.state.averages.forEach((average, index) =>
      this.parts.weights[index]!.variable.assign(average),
    );
  }

  private assignments(given: readonly (tf.Tensor | null)[]): Assignment[] {
    const indices = given.flatMap((gradient, index) => (gradient === null ? [] : [index]));
    const gradients = indices.map((index) => this.unscaled(given[index]!));
    const { accumulationSteps } = this.parts;
    if (accumulationSteps === null) return this.withAverages(this.update(indices, gradients));

    const { accumulators } = this.parts.state;
    const sums = indices.map((index, position) => tf.add(accumulators[index]!, gradients[position]!));
    const isUpdate = this.isMultiple(accumulationSteps);
    const means = sums.map((sum) => tf.div(sum, accumulationSteps));
    const updated = this.update(indices, means).map(([variable, value]): Assignment => [
      variable,
      tf.where(isUpdate, value, variable),
    ]);
    const kept = indices.map((index, position): Assignment => [
      accumulators[index]!,
      tf.where(isUpdate, tf.zerosLike(sums[position]!), sums[position]!),
    ]);
    return [...this.withAverages(updated), ...kept];
  }

  private unscaled(gradient: tf.Tensor): tf.Tensor {
    const { lossScale } = this.parts;
    return lossScale === null ? gradient : tf.div(gradient, lossScale);
  }

  /** Whether the number of this step, from 1, is a multiple. */
  private isMultiple(of: number, steps: tf.Tensor = this.iterations): tf.Tensor {
    const number = tf.add(steps, tf.scalar(1, 'int32'));
    return tf.equal(tf.mod(number, tf.scalar(of, 'int32')), tf.scalar(0, 'int32'));
  }

  /** Updates done, which are fewer than steps where gradients are accumulated. */
  private updatesDone(): tf.Tensor {
    const { accumulationSteps } = this.parts;
    if (accumulationSteps === null) return this.iterations;
    return tf.floorDiv(this.iterations, tf.scalar(accumulationSteps, 'int32'));
  }

  private update(indices: readonly number[], gradients: readonly tf.Tensor[]): Assignment[] {
    const { rule, weights, state, weightDecay } = this.parts;
    const learningRate = this.currentLearningRate();
    const step = tf.cast(tf.add(this.updatesDone(), tf.scalar(1, 'int32')), 'float32') as tf.Scalar;
    const context: StepContext = { learningRate, step };
    const globals = rule.updateGlobals?.(state.globals, context) ?? [];
    const shared = rule.prepare(context, globals);
    const keep = weightDecay === null ? null : tf.sub(1, tf.mul(learningRate, weightDecay));
    const ofWeights = this.parts.clip(gradients).flatMap((gradient, position): Assignment[] => {
      const index = indices[position]!;
      const { variable } = weights[index]!;
      const slots = state.ruleSlots[index]!;
      const decayed = keep === null ? variable : tf.mul(variable, keep);
      const next = rule.update(gradient, decayed, slots, shared);
      return [[variable, next.weight], ...next.slots.map((value, slot): Assignment => [slots[slot]!, value])];
    });
    return [...ofWeights, ...globals.map((value, index): Assignment => [state.globals[index]!, value])];
  }

  /** Moves the averages towards the new weights, now and then copies them back, and applies the constraints last. */
  private withAverages(assignments: readonly Assignment[]): Assignment[] {
    const { weights, constraints, state, averageMomentum, averageOverwriteFrequency } = this.parts;
    const next = new Map<tf.Variable, tf.Tensor>(assignments);
    if (state.averages.length > 0) {
      const updates = this.updatesDone();
      // The first update sets the average to the weight itself.
      const momentum = tf.mul(
        tf.cast(tf.notEqual(updates, tf.scalar(0, 'int32')), 'float32'),
        averageMomentum,
      );
      const overwrite =
        averageOverwriteFrequency === null ? null : this.isMultiple(averageOverwriteFrequency, updates);
      weights.forEach(({ variable }, index) => {
        const average = state.averages[index]!;
        const weight = next.get(variable) ?? variable;
        const moved = tf.add(tf.mul(average, momentum), tf.mul(weight, tf.sub(1, momentum)));
        next.set(average, moved);
        if (overwrite !== null) next.set(variable, tf.where(overwrite, moved, weight));
      });
    }
    weights.forEach(({ variable }, index) => {
      const constrained = next.has(variable) ? constraints[index]?.(next.get(variable)!) : undefined;
      if (constrained !== undefined) next.set(variable, constrained);
    });
    return [...next];
  }
}
