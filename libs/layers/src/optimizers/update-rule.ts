import type { JsonObject } from '@epochal/contracts';
import type * as tf from '@tensorflow/tfjs-core';

export interface SlotSpec {
  readonly name: string;
  readonly initial: number;
  /** Shape of the slot of a weight of some shape; that shape unless given. */
  readonly shape?: (weight: readonly number[]) => readonly number[];
}

/** What one update of all weights shares. */
export interface StepContext {
  readonly learningRate: tf.Scalar;
  /** Number of this update, from 1, float32. */
  readonly step: tf.Scalar;
}

export interface WeightUpdate {
  readonly weight: tf.Tensor;
  /** New values, in the order of the rule's slots. */
  readonly slots: readonly tf.Tensor[];
}

/** The formula of an optimizer. `Shared` is computed once a step. */
export interface UpdateRule<Shared = unknown> {
  /** Slots of each weight, in groups: Keras saves a whole group weight by weight before the next one. */
  readonly slotGroups: readonly (readonly SlotSpec[])[];
  /** Scalars of the optimizer as a whole, saved last. */
  readonly globals?: readonly SlotSpec[];
  /** New values of the globals, before any weight is updated. */
  updateGlobals?(globals: readonly tf.Tensor[], context: StepContext): tf.Tensor[];
  prepare(context: StepContext, globals: readonly tf.Tensor[]): Shared;
  update(gradient: tf.Tensor, weight: tf.Tensor, slots: readonly tf.Tensor[], shared: Shared): WeightUpdate;
}

export type CreateRule = (config: JsonObject) => UpdateRule;

/** Hides the type of what a rule shares with itself. */
export const rule = <Shared>(definition: UpdateRule<Shared>): UpdateRule => definition as UpdateRule;
