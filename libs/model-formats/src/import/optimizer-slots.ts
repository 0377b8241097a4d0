import type { JsonObject } from '@epochal/contracts';

/** Slots of each weight, in groups: Keras saves a whole group weight by weight before the next one. */
type SlotGroups = readonly (readonly string[])[];

const MOMENTS = ['momentum', 'velocity'];

/** By class (keras.src.optimizers), for its options. */
const GROUPS: Readonly<Record<string, (config: JsonObject) => SlotGroups>> = {
  SGD: ({ momentum }) => (momentum === 0 ? [] : [['momentum']]),
  RMSprop: ({ momentum, centered }) => [
    ['velocity'],
    ...(momentum === 0 ? [] : [['momentum']]),
    ...(centered === true ? [['average_gradient']] : []),
  ],
  Adam: ({ amsgrad }) => [MOMENTS, ...(amsgrad === true ? [['velocity_hat']] : [])],
  AdamW: ({ amsgrad }) => [MOMENTS, ...(amsgrad === true ? [['velocity_hat']] : [])],
  Adamax: () => [['momentum', 'norm']],
  Lamb: () => [MOMENTS],
  Adagrad: () => [['accumulator']],
  Adadelta: () => [['accumulated_grad', 'accumulated_delta_var']],
  Ftrl: () => [['accumulator', 'linear']],
  Lion: () => [['momentum']],
};

/**
 * Names of an optimizer's slots as the engine keeps them, `<slot>/<path>`, in Keras's order.
 * @param weights paths of the trainable weights
 * @returns undefined for a class whose state is not read
 */
export const slotNames = (
  className: string,
  config: JsonObject,
  weights: readonly string[],
): string[] | undefined => {
  const groups = GROUPS[className]?.(config);
  if (groups === undefined) return undefined;
  const all: SlotGroups = [
    ...(config.use_ema === true ? [['average']] : []),
    ...(typeof config.gradient_accumulation_steps === 'number' ? [['gradient_accumulator']] : []),
    ...groups,
  ];
  return all.flatMap((group) => weights.flatMap((weight) => group.map((slot) => `${slot}/${weight}`)));
};
