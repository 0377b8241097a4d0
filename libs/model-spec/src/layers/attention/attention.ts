import type { JsonObject, Shape } from '@epochal/contracts';
import { z } from 'zod';
import { fraction, seed } from '../../catalogue/fields.js';
import type { ObjectValue } from '../../catalogue/object-field.js';
import { ShapeError, type WeightSpec } from '../../layer-definition.js';
import { resolveInitializer } from '../../initializers/index.js';
import { defineLayer } from '../define-layer.js';
import { formatShape, knownSize } from '../shape-rules.js';
import { attendedInputs, returnsScores, type Attended } from './attended-inputs.js';

/** Keras calls these layers on a list: [query, value] or [query, value, key]. */
function attended(className: string, inputs: readonly Shape[]): Attended {
  const given = attendedInputs(className, inputs);
  const { query, key } = given;
  if (query.at(-1) !== key.at(-1)) {
    throw new ShapeError(
      `${className} takes a query and a key of as many features; received ${formatShape(query)} and ${formatShape(key)}`,
    );
  }
  return given;
}

function outputShapes(className: string, inputs: readonly Shape[], keywordArguments: JsonObject): Shape[] {
  const { query, value, key } = attended(className, inputs);
  const output = [...query.slice(0, -1), value.at(-1) ?? null];
  const scores = [...query.slice(0, -1), key.at(-2) ?? null];
  return returnsScores(keywordArguments) ? [output, scores] : [output];
}

const weight = (path: string, shape: readonly number[], initializer: ObjectValue): WeightSpec => ({
  path,
  shape,
  dtype: 'float32',
  trainable: true,
  initializer,
});

const attention = defineLayer({
  className: 'Attention',
  fields: {
    use_scale: z.boolean().default(false),
    score_mode: z.enum(['dot', 'concat']).default('dot'),
    dropout: fraction.default(0),
    seed,
  },
  outputShapes: (_config, inputs, keywordArguments) => outputShapes('Attention', inputs, keywordArguments),
  weights({ use_scale, score_mode }) {
    const ones = { class_name: 'Ones', config: {} };
    return [
      ...(use_scale ? [weight('scale', [], ones)] : []),
      ...(score_mode === 'concat' ? [weight('concat_score_weight', [], ones)] : []),
    ];
  },
});

const additiveAttention = defineLayer({
  className: 'AdditiveAttention',
  fields: { use_scale: z.boolean().default(true), dropout: fraction.default(0), seed },
  outputShapes: (_config, inputs, keywordArguments) =>
    outputShapes('AdditiveAttention', inputs, keywordArguments),
  weights({ use_scale }, inputs) {
    if (!use_scale) return [];
    const { query } = attended('AdditiveAttention', inputs);
    const initializer = resolveInitializer('glorot_uniform', 'scale');
    return [weight('scale', [knownSize('AdditiveAttention', query, -1)], initializer)];
  },
});

export const simpleAttentionLayers = { Attention: attention, AdditiveAttention: additiveAttention };
