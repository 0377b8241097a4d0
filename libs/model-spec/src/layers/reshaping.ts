import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import { ShapeError } from '../layer-definition.js';
import { dataFormat } from './data-format.js';
import { defineLayer } from './define-layer.js';
import { formatShape, onlyInput, product, requireRank } from './shape-rules.js';

const flatten = defineLayer({
  className: 'Flatten',
  fields: { data_format: dataFormat },
  outputShapes(_config, inputs) {
    const input = onlyInput('Flatten', inputs);
    return [[input[0] ?? null, product(input.slice(1))]];
  },
});

const reshape = defineLayer({
  className: 'Reshape',
  fields: { target_shape: z.array(z.number().int().min(-1)) },
  inspect: ({ target_shape }) =>
    target_shape.filter((size) => size === -1).length <= 1
      ? null
      : { path: ['target_shape'], message: 'at most one size can be -1' },
  outputShapes({ target_shape }, inputs) {
    const input = onlyInput('Reshape', inputs);
    const total = product(input.slice(1));
    const known = product(target_shape.filter((size) => size !== -1)) ?? 1;
    const inferred = target_shape.includes(-1);
    if (total !== null && (inferred ? known === 0 || total % known !== 0 : total !== known)) {
      throw new ShapeError(
        `Reshape to ${formatShape(target_shape)} takes inputs of as many elements; received shape ${formatShape(input)}`,
      );
    }
    const rest = total === null ? null : total / known;
    return [[input[0] ?? null, ...target_shape.map((size) => (size === -1 ? rest : size))]];
  },
});

const permute = defineLayer({
  className: 'Permute',
  fields: { dims: z.array(positiveInteger) },
  inspect: ({ dims }) =>
    dims.toSorted((a, b) => a - b).every((dim, index) => dim === index + 1)
      ? null
      : { path: ['dims'], message: `expected each of 1 to ${dims.length} once` },
  outputShapes({ dims }, inputs) {
    const input = onlyInput('Permute', inputs);
    requireRank('Permute', input, dims.length + 1, dims.length + 1);
    return [[input[0] ?? null, ...dims.map((dim) => input[dim] ?? null)]];
  },
});

const repeatVector = defineLayer({
  className: 'RepeatVector',
  fields: { n: positiveInteger },
  outputShapes({ n }, inputs) {
    const input = onlyInput('RepeatVector', inputs);
    requireRank('RepeatVector', input, 2, 2);
    return [[input[0] ?? null, n, input[1] ?? null]];
  },
});

export const reshapingLayers = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
};
