import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import { ShapeError } from '../layer-definition.js';
import { defineLayer } from './define-layer.js';
import { formatShape, onlyInput } from './shape-rules.js';

export type EncodingMode = 'int' | 'one_hot' | 'multi_hot' | 'count';

/** Keras names the dtype of the numbers that come out; they are int32 or float32 here. */
const numberDtype = z
  .union([z.string(), z.looseObject({ class_name: z.string() })])
  .nullable()
  .default(null)
  .transform((dtype) => (typeof dtype === 'string' ? dtype : null));

const encoding = {
  output_mode: z.enum(['int', 'one_hot', 'multi_hot', 'count']).default('int'),
  sparse: z.literal(false).default(false),
};

/** Shape of encoded class numbers (keras/src/utils/numerical_utils.py). @throws ShapeError */
function encodedShape(className: string, mode: EncodingMode, depth: number, inputs: readonly Shape[]): Shape {
  const input = onlyInput(className, inputs);
  if (mode === 'int') return [...input];
  if (mode === 'one_hot')
    return [...(input.length > 1 && input.at(-1) === 1 ? input.slice(0, -1) : input), depth];
  if (input.length === 2) return [input[0] ?? null, depth];
  throw new ShapeError(
    `${className} with output_mode "${mode}" takes inputs of rank 2 (the batch counts as one); received shape ${formatShape(input)}`,
  );
}

const discretization = defineLayer({
  className: 'Discretization',
  fields: {
    // A layer that was adapted has its boundaries in its config.
    bin_boundaries: z.array(z.number()).min(1),
    num_bins: positiveInteger.nullable().default(null),
    epsilon: z.number().default(0.01),
    ...encoding,
    dtype: numberDtype,
  },
  outputShapes: ({ output_mode, bin_boundaries }, inputs) => [
    encodedShape('Discretization', output_mode, bin_boundaries.length + 1, inputs),
  ],
});

const categoryEncoding = defineLayer({
  className: 'CategoryEncoding',
  fields: {
    num_tokens: positiveInteger,
    output_mode: z
      .enum(['multi_hot', 'one_hot', 'count', 'binary'])
      .default('multi_hot')
      .transform((mode) => (mode === 'binary' ? 'multi_hot' : mode)),
    sparse: z.literal(false).default(false),
    dtype: numberDtype,
  },
  outputShapes: ({ output_mode, num_tokens }, inputs) => [
    encodedShape('CategoryEncoding', output_mode, num_tokens, inputs),
  ],
});

const integerLookup = defineLayer({
  className: 'IntegerLookup',
  fields: {
    // A vocabulary that was adapted is no part of a config; it must be given.
    vocabulary: z.array(z.number().int()).min(1),
    vocabulary_size: positiveInteger.nullable().default(null),
    vocabulary_dtype: z.string().default('int64'),
    max_tokens: positiveInteger.nullable().default(null),
    num_oov_indices: z.number().int().min(0).default(1),
    oov_token: z.number().int().default(-1),
    mask_token: z.number().int().nullable().default(null),
    oov_method: z.literal('floormod').default('floormod'),
    salt: z.null().default(null),
    invert: z.literal(false).default(false),
    idf_weights: z.null().default(null),
    pad_to_max_tokens: z.literal(false).default(false),
    ...encoding,
    dtype: numberDtype,
  },
  outputShapes: (config, inputs) => [
    encodedShape('IntegerLookup', config.output_mode, lookupSize(config), inputs),
  ],
});

/** Number of the indices that can come out. A mask takes one of them only where indices themselves do. */
export function lookupSize(config: {
  vocabulary: readonly number[];
  num_oov_indices: number;
  mask_token: number | null;
  output_mode: EncodingMode;
}): number {
  const masks = config.mask_token !== null && config.output_mode === 'int' ? 1 : 0;
  return config.vocabulary.length + config.num_oov_indices + masks;
}

const hashing = defineLayer({
  className: 'Hashing',
  fields: {
    num_bins: positiveInteger,
    mask_value: z.number().int().nullable().default(null),
    salt: z.null().default(null),
    ...encoding,
    dtype: numberDtype,
  },
  outputShapes: ({ output_mode, num_bins }, inputs) => [
    encodedShape('Hashing', output_mode, num_bins, inputs),
  ],
});

export const categoryLayers = {
  Discretization: discretization,
  CategoryEncoding: categoryEncoding,
  IntegerLookup: integerLookup,
  Hashing: hashing,
};
