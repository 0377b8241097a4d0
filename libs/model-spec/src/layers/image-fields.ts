import { z } from 'zod';
import { positiveInteger, seed } from '../catalogue/fields.js';
import { dataFormat } from './data-format.js';

export const imageFields = {
  data_format: dataFormat,
  bounding_box_format: z.null().default(null),
};

export const sizeFields = { height: positiveInteger, width: positiveInteger };

const pair = z.array(z.number()).length(2);
const ordered = ([a = 0, b = 0]: number[]): number[] => [Math.min(a, b), Math.max(a, b)];

/** One number stands for a range about zero, no wider than the bounds. */
export const factor = (lowest: number, highest: number) =>
  z
    .union([z.number().min(lowest).max(highest), pair])
    .transform((value): number[] =>
      typeof value === 'number' ? [Math.max(-Math.abs(value), lowest), Math.abs(value)] : ordered(value),
    )
    .refine(([low = 0, high = 0]) => low <= highest && high >= lowest, {
      message: `expected numbers from ${lowest} to ${highest}`,
    });

export const randomFields = {
  ...imageFields,
  seed,
};

/** What pixels outside of a moved image become. */
export const fillFields = {
  fill_mode: z.enum(['constant', 'reflect', 'wrap', 'nearest']).default('reflect'),
  fill_value: z.number().default(0),
  interpolation: z.enum(['nearest', 'bilinear']).default('bilinear'),
};

export const valueRange = pair.default([0, 255]);
