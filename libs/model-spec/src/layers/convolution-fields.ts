import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import { activationField } from './activation-field.js';
import { dataFormat, perAxis } from './data-format.js';
import type { Dimensions } from './window-shapes.js';
import { weightFields } from './weight-fields.js';

/** Config keys that all convolutions share. */
export const windowFields = (dimensions: Dimensions) => ({
  kernel_size: perAxis(dimensions, positiveInteger),
  strides: perAxis(dimensions, positiveInteger, 1),
  data_format: dataFormat,
  dilation_rate: perAxis(dimensions, positiveInteger, 1),
  activation: activationField('activation'),
  use_bias: z.boolean().default(true),
  ...weightFields('bias', 'zeros'),
  quantization_config: z.null().default(null),
  lora_rank: z.null().default(null),
  lora_alpha: z.null().default(null),
});

export const validOrSame = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['valid', 'same']))
  .default('valid');
export const validSameOrCausal = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['valid', 'same', 'causal']))
  .default('valid');

/** Keras takes strides or dilation, not both. */
export function stridesWithoutDilation(config: { strides: number[]; dilation_rate: number[] }) {
  const both = Math.max(...config.strides) > 1 && Math.max(...config.dilation_rate) > 1;
  return both
    ? { path: ['strides'], message: 'strides above 1 cannot go with a dilation_rate above 1' }
    : null;
}
