import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import { ShapeError } from '../layer-definition.js';
import { activationField } from './activation-field.js';
import { defineLayer, sameShape } from './define-layer.js';
import { formatShape, knownSize, onlyInput, requireRank } from './shape-rules.js';
import { trainableWeight, weightFields } from './weight-fields.js';

const batchShape = z.array(positiveInteger.nullable());

/** Quantized inference is no part of training; Keras writes the key in every config. */
const unquantized = { quantization_config: z.null().default(null) };

const inputLayer = defineLayer({
  className: 'InputLayer',
  fields: {
    batch_shape: z.union([
      batchShape,
      z
        .array(batchShape)
        .length(1)
        .transform(([shape]) => shape ?? []),
    ]),
    dtype: z
      .enum(['float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'bool'])
      .nullable()
      .default('float32')
      .transform((dtype) => dtype ?? 'float32'),
    sparse: z.literal(false).nullable().default(false),
    ragged: z.literal(false).nullable().default(false),
    optional: z.literal(false).nullable().default(false),
  },
  outputShapes: ({ batch_shape }) => [[...batch_shape]],
});

const dense = defineLayer({
  className: 'Dense',
  fields: {
    units: positiveInteger,
    activation: activationField('activation'),
    use_bias: z.boolean().default(true),
    ...weightFields('kernel', 'glorot_uniform'),
    ...weightFields('bias', 'zeros'),
    lora_rank: z.null().default(null),
    lora_alpha: z.null().default(null),
    ...unquantized,
  },
  outputShapes({ units }, inputs) {
    const input = onlyInput('Dense', inputs);
    requireRank('Dense', input, 2);
    knownSize('Dense', input, -1);
    return [[...input.slice(0, -1), units]];
  },
  weights(config, inputs) {
    const features = knownSize('Dense', onlyInput('Dense', inputs), -1);
    const kernel = trainableWeight(config, 'kernel', [features, config.units]);
    return config.use_bias ? [kernel, trainableWeight(config, 'bias', [config.units])] : [kernel];
  },
});

const embedding = defineLayer({
  className: 'Embedding',
  fields: {
    input_dim: positiveInteger,
    output_dim: positiveInteger,
    ...weightFields('embeddings', 'uniform'),
    mask_zero: z.boolean().default(false),
    input_length: z
      .union([positiveInteger, z.array(positiveInteger.nullable())])
      .nullable()
      .default(null),
    lora_rank: z.null().default(null),
    lora_alpha: z.null().default(null),
    weights: z.null().default(null),
    ...unquantized,
  },
  outputShapes: ({ output_dim }, inputs) => [[...onlyInput('Embedding', inputs), output_dim]],
  weights: (config) => [trainableWeight(config, 'embeddings', [config.input_dim, config.output_dim])],
});

const activation = defineLayer({
  className: 'Activation',
  fields: { activation: activationField('activation') },
  outputShapes({ activation: fn }, inputs) {
    const input = onlyInput('Activation', inputs);
    if (fn !== 'glu') return [[...input]];
    const channels = knownSize('Activation', input, -1);
    if (channels % 2 !== 0) {
      throw new ShapeError(
        `glu halves the last axis, which must be even; received shape ${formatShape(input)}`,
      );
    }
    return [[...input.slice(0, -1), channels / 2]];
  },
});

const masking = defineLayer({
  className: 'Masking',
  fields: { mask_value: z.number().default(0) },
  outputShapes(_config, inputs): Shape[] {
    requireRank('Masking', onlyInput('Masking', inputs), 3);
    return inputs.map((shape) => [...shape]);
  },
});

const identity = defineLayer({ className: 'Identity', fields: {}, outputShapes: sameShape });

export const coreLayers = {
  InputLayer: inputLayer,
  Dense: dense,
  Embedding: embedding,
  Activation: activation,
  Masking: masking,
  Identity: identity,
};
