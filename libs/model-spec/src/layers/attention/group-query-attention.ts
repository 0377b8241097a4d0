import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { fraction, positiveInteger, seed } from '../../catalogue/fields.js';
import { ShapeError } from '../../layer-definition.js';
import { defineLayer } from '../define-layer.js';
import { knownSize, requireRank } from '../shape-rules.js';
import { attendedInputs, returnsScores, type Attended } from './attended-inputs.js';
import { projectionFields, projectionWeights } from './projections.js';

const CLASS = 'GroupQueryAttention';

function attended(inputs: readonly Shape[]): Attended {
  const given = attendedInputs(CLASS, inputs);
  for (const shape of [given.query, given.value, given.key]) requireRank(CLASS, shape, 3, 3);
  if (given.query.at(-1) !== given.value.at(-1)) {
    throw new ShapeError(
      `${CLASS} takes a query and a value of as many features; received ${given.query.at(-1)} and ${given.value.at(-1)}`,
    );
  }
  return given;
}

/** Keras's class is GroupedQueryAttention; it is exported, and written to JSON, by this name. */
export const groupQueryAttention = defineLayer({
  className: CLASS,
  fields: {
    head_dim: positiveInteger,
    num_query_heads: positiveInteger,
    num_key_value_heads: positiveInteger,
    dropout: fraction.default(0),
    use_bias: z.boolean().default(true),
    sliding_window: positiveInteger.nullable().default(null),
    use_gate: z.boolean().default(false),
    ...projectionFields,
    seed,
  },
  inspect: ({ num_query_heads, num_key_value_heads }) =>
    num_query_heads % num_key_value_heads === 0
      ? null
      : {
          path: ['num_query_heads'],
          message: `expected a multiple of num_key_value_heads (${num_key_value_heads}); received ${num_query_heads}`,
        },
  outputShapes(config, inputs, keywordArguments) {
    const { query, value } = attended(inputs);
    const [batch = null, length = null] = query;
    const scores = [batch, config.num_query_heads, length, value[1] ?? null];
    return returnsScores(keywordArguments) ? [[...query], scores] : [[...query]];
  },
  weights(config, inputs) {
    const { query, value, key } = attended(inputs);
    const features = (shape: Shape) => [knownSize(CLASS, shape, -1)];
    const heads = [config.num_query_heads, config.head_dim];
    const shared = [config.num_key_value_heads, config.head_dim];
    const gate = { at: '_gate_dense', from: features(query), to: heads };
    return projectionWeights(config, [
      { at: '_query_dense', from: features(query), to: heads },
      { at: '_key_dense', from: features(key), to: shared },
      ...(config.use_gate ? [gate] : []),
      { at: '_value_dense', from: features(value), to: shared },
      { at: '_output_dense', from: heads, to: features(query) },
    ]);
  },
});
