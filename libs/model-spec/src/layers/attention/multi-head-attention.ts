import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { fraction, positiveInteger, seed } from '../../catalogue/fields.js';
import { ShapeError } from '../../layer-definition.js';
import { defineLayer } from '../define-layer.js';
import { knownSize } from '../shape-rules.js';
import { attendedInputs, returnsScores, type Attended } from './attended-inputs.js';
import { attentionAxes } from './attention-axes.js';
import { projectionFields, projectionWeights } from './projections.js';

const CLASS = 'MultiHeadAttention';

const oneOrMore = (number: z.ZodType<number>) =>
  z
    .union([number, z.array(number)])
    .nullable()
    .default(null)
    .transform((given) => (typeof given === 'number' ? [given] : given));

interface Axes {
  readonly attention_axes: readonly number[] | null;
}

/** Batch axes, heads among them, then the attended axes of the query and those of the value. */
function scoresShape(config: Axes & { num_heads: number }, { query, value }: Attended): Shape {
  const axes = attentionAxes(config.attention_axes, value.length);
  const sizes = [...query.slice(0, -1), config.num_heads];
  const batch = sizes.filter((_size, axis) => !axes.includes(axis));
  const along = (shape: Shape) => axes.map((axis) => shape[axis] ?? null);
  return [...batch, ...along(query), ...along(value)];
}

function attended(config: Axes, inputs: readonly Shape[]): Attended {
  const given = attendedInputs(CLASS, inputs);
  const { query, value } = given;
  const axes = attentionAxes(config.attention_axes, value.length);
  const fits = (axis: number) =>
    axes.includes(axis) || query[axis] === null || value[axis] === null || query[axis] === value[axis];
  if (query.length !== value.length || !query.slice(0, -1).every((_size, axis) => fits(axis))) {
    throw new ShapeError(
      `${CLASS} takes a query and a value of equal sizes but for the attended axes (${axes.join(', ')}) and the last`,
    );
  }
  return given;
}

export const multiHeadAttention = defineLayer({
  className: CLASS,
  fields: {
    num_heads: positiveInteger,
    key_dim: positiveInteger,
    value_dim: positiveInteger.nullable().default(null),
    dropout: fraction.default(0),
    use_bias: z.boolean().default(true),
    output_shape: oneOrMore(positiveInteger),
    attention_axes: oneOrMore(z.number().int()),
    sliding_window: positiveInteger.nullable().default(null),
    use_gate: z.boolean().default(false),
    ...projectionFields,
    seed,
  },
  outputShapes(config, inputs, keywordArguments) {
    const given = attended(config, inputs);
    const last = config.output_shape ?? given.query.slice(-1);
    const output = [...given.query.slice(0, -1), ...last];
    return returnsScores(keywordArguments) ? [output, scoresShape(config, given)] : [output];
  },
  weights(config, inputs) {
    const { query, value, key } = attended(config, inputs);
    const features = (shape: Shape) => [knownSize(CLASS, shape, -1)];
    const heads = [config.num_heads, config.key_dim];
    const values = [config.num_heads, config.value_dim ?? config.key_dim];
    const gate = { at: '_gate_dense', from: features(query), to: values };
    return projectionWeights(config, [
      { at: 'query_dense', from: features(query), to: heads },
      { at: 'key_dense', from: features(key), to: heads },
      ...(config.use_gate ? [gate] : []),
      { at: 'value_dense', from: features(value), to: values },
      { at: 'output_dense', from: values, to: config.output_shape ?? features(query) },
    ]);
  },
});
