import { z } from 'zod';
import { nonNegative, number } from '../catalogue/fields.js';
import { defineLayer, sameShape } from './define-layer.js';
import { knownSize, onlyInput } from './shape-rules.js';
import { trainableWeight, weightFields } from './weight-fields.js';

const relu = defineLayer({
  className: 'ReLU',
  fields: {
    max_value: nonNegative.nullable().default(null),
    negative_slope: nonNegative
      .nullable()
      .default(0)
      .transform((slope) => slope ?? 0),
    threshold: nonNegative
      .nullable()
      .default(0)
      .transform((threshold) => threshold ?? 0),
  },
  outputShapes: sameShape,
});

const leakyRelu = defineLayer({
  className: 'LeakyReLU',
  fields: { negative_slope: nonNegative.default(0.3) },
  outputShapes: sameShape,
});

const elu = defineLayer({
  className: 'ELU',
  fields: { alpha: number.default(1) },
  outputShapes: sameShape,
});

const softmax = defineLayer({
  className: 'Softmax',
  fields: { axis: z.union([z.number().int(), z.array(z.number().int()).min(1)]).default(-1) },
  outputShapes: sameShape,
});

const prelu = defineLayer({
  className: 'PReLU',
  fields: {
    ...weightFields('alpha', 'zeros'),
    shared_axes: z
      .union([z.number().int().min(1), z.array(z.number().int().min(1))])
      .nullable()
      .default(null)
      .transform((axes) => (typeof axes === 'number' ? [axes] : axes)),
  },
  outputShapes: sameShape,
  weights(config, inputs) {
    const input = onlyInput('PReLU', inputs);
    const shape = input.slice(1).map((_size, index) => {
      const axis = index + 1;
      return config.shared_axes?.includes(axis) === true ? 1 : knownSize('PReLU', input, axis);
    });
    return [trainableWeight(config, 'alpha', shape)];
  },
});

export const activationLayers = {
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ELU: elu,
  Softmax: softmax,
  PReLU: prelu,
};
