import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSlot, TrainableWeight } from './optimizer.js';
import type { SlotSpec, UpdateRule } from './update-rule.js';

/** All variables of an optimizer beside its iteration and learning rate. */
export interface OptimizerState {
  /** In Keras's order of saving. */
  readonly slots: readonly OptimizerSlot[];
  /** Moving averages by weight; empty without them. */
  readonly averages: readonly tf.Variable[];
  /** Gradients added up, by weight; empty without accumulation. */
  readonly accumulators: readonly tf.Variable[];
  /** The rule's slots by weight, in the rule's order. */
  readonly ruleSlots: readonly (readonly tf.Variable[])[];
  readonly globals: readonly tf.Variable[];
}

export interface StateOptions {
  readonly averages: 'kept' | 'none';
  readonly accumulators: 'kept' | 'none';
}

export function createState(
  rule: UpdateRule,
  weights: readonly TrainableWeight[],
  options: StateOptions,
): OptimizerState {
  const slots: OptimizerSlot[] = [];
  const perWeight = (specs: readonly SlotSpec[]): tf.Variable[][] =>
    weights.map((weight) =>
      specs.map((spec) => {
        const variable = createVariable(spec, weight.variable.shape);
        slots.push({ name: spec.name, weightPath: weight.path, variable });
        return variable;
      }),
    );
  const single = (kept: 'kept' | 'none', name: string) =>
    kept === 'none' ? [] : perWeight([{ name, initial: 0 }]).flat();

  const averages = single(options.averages, 'average');
  const accumulators = single(options.accumulators, 'gradient_accumulator');
  const groups = rule.slotGroups.map(perWeight);
  const globals = (rule.globals ?? []).map((spec) => {
    const variable = createVariable(spec, []);
    slots.push({ name: spec.name, weightPath: null, variable });
    return variable;
  });
  const ruleSlots = weights.map((_weight, index) => groups.flatMap((group) => group[index] ?? []));
  return { slots, averages, accumulators, ruleSlots, globals };
}

const createVariable = ({ initial, shape }: SlotSpec, weight: readonly number[]): tf.Variable =>
  tf.tidy(() => tf.variable(tf.fill([...(shape?.(weight) ?? weight)], initial), false));
