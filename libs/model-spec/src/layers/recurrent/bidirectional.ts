import type { JsonObject } from '@epochal/contracts';
import { z } from 'zod';
import type { ObjectValue } from '../../catalogue/object-field.js';
import { ShapeError } from '../../layer-definition.js';
import { defineLayer } from '../define-layer.js';
import { innerShapes, innerWeights } from '../inner-layer.js';
import { layerField } from '../layer-field.js';

/** A layer that runs over time. Keras makes it give zeros for steps that do not count, so that both directions fit together. */
const direction = (field: string) =>
  layerField(field)
    .refine(({ config }) => 'go_backwards' in config, {
      error: (issue) =>
        `expected a recurrent layer, such as LSTM or GRU; received ${(issue.input as ObjectValue).class_name}`,
    })
    .transform(({ class_name, config }): ObjectValue => ({
      class_name,
      config: { ...config, zero_output_for_mask: config['return_sequences'] ?? false },
    }));

interface Directions {
  readonly forward: ObjectValue;
  readonly backward: ObjectValue;
}

/** The two layers of a Bidirectional. Unless a backward layer is given, it is the forward one turned around. */
export function directionsOf(config: { layer: ObjectValue; backward_layer: ObjectValue | null }): Directions {
  const { layer, backward_layer: backward } = config;
  const turned = { ...layer, config: { ...layer.config, go_backwards: true } };
  return { forward: layer, backward: backward ?? turned };
}

const SHARED: readonly string[] = ['return_sequences', 'return_state'];

function inspect(config: { layer: ObjectValue; backward_layer: ObjectValue | null }) {
  const { forward, backward } = directionsOf(config);
  const at = config.backward_layer === null ? 'layer' : 'backward_layer';
  const problem = (key: string, message: string) => ({ path: [at, 'config', key], message });
  if (forward.config['go_backwards'] === backward.config['go_backwards']) {
    const expected = at === 'layer' ? 'false' : `the opposite of layer's`;
    return problem('go_backwards', `expected ${expected}: the two directions must differ`);
  }
  const different = SHARED.find((key) => forward.config[key] !== backward.config[key]);
  return different === undefined ? null : problem(different, `expected the same as in layer`);
}

const bidirectional = defineLayer({
  className: 'Bidirectional',
  fields: {
    layer: direction('layer'),
    backward_layer: direction('backward_layer').nullable().default(null),
    merge_mode: z.enum(['concat', 'sum', 'mul', 'ave']).nullable().default('concat'),
  },
  inspect,
  outputShapes(config, inputs) {
    const { forward, backward } = directionsOf(config);
    const [ahead, back] = [innerShapes(forward, inputs), innerShapes(backward, inputs)];
    const [output, ...states] = ahead;
    const [turned, ...turnedStates] = back;
    if (output === undefined || turned === undefined) throw new ShapeError('Bidirectional has no output');
    if (config.merge_mode === null) return [output, turned, ...states, ...turnedStates];
    if (config.merge_mode === 'concat') {
      const size = (output.at(-1) ?? 0) + (turned.at(-1) ?? 0);
      return [[...output.slice(0, -1), size], ...states, ...turnedStates];
    }
    if (output.at(-1) !== turned.at(-1)) {
      throw new ShapeError(
        `Bidirectional with merge_mode "${config.merge_mode}" takes layers of equal units; received ${output.at(-1)} and ${turned.at(-1)}`,
      );
    }
    return [output, ...states, ...turnedStates];
  },
  weights(config, inputs) {
    const { forward, backward } = directionsOf(config);
    return [
      ...innerWeights('forward_layer', forward, inputs),
      ...innerWeights('backward_layer', backward, inputs),
    ];
  },
});

export const bidirectionalLayers = { Bidirectional: bidirectional };
export type BidirectionalConfig = JsonObject & Parameters<typeof directionsOf>[0];
