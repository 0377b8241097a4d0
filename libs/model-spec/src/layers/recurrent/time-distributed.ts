import type { Shape } from '@epochal/contracts';
import { ShapeError } from '../../layer-definition.js';
import { defineLayer } from '../define-layer.js';
import { innerShapes, innerWeights } from '../inner-layer.js';
import { layerField } from '../layer-field.js';
import { onlyInput, requireRank } from '../shape-rules.js';

const CLASS = 'TimeDistributed';

/** What one step looks like: the input without its time axis. */
function stepShape(inputs: readonly Shape[]): Shape {
  const input = onlyInput(CLASS, inputs);
  requireRank(CLASS, input, 3);
  return [input[0] ?? null, ...input.slice(2)];
}

const timeDistributed = defineLayer({
  className: CLASS,
  fields: { layer: layerField('layer') },
  outputShapes({ layer }, inputs) {
    const outputs = innerShapes(layer, [stepShape(inputs)]);
    const [output] = outputs;
    if (output === undefined || outputs.length !== 1) {
      throw new ShapeError(
        `${CLASS} takes a layer with one output; ${layer.class_name} has ${outputs.length}`,
      );
    }
    const [batch = null, ...rest] = output;
    return [[batch, onlyInput(CLASS, inputs)[1] ?? null, ...rest]];
  },
  weights: ({ layer }, inputs) => innerWeights('layer', layer, [stepShape(inputs)]),
});

export const timeDistributedLayers = { TimeDistributed: timeDistributed };
