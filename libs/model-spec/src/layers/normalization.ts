import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { fraction, nonNegative, positiveInteger } from '../catalogue/fields.js';
import { initializerField } from '../initializers/index.js';
import { ShapeError, type WeightSpec } from '../layer-definition.js';
import { defineLayer, sameShape } from './define-layer.js';
import { knownSize, onlyInput, positiveAxis } from './shape-rules.js';
import { stateWeight, trainableWeight, weightFields } from './weight-fields.js';

const axisOrAxes = z.union([z.number().int(), z.array(z.number().int()).min(1)]);
const axes = axisOrAxes.default(-1).transform((axis) => (typeof axis === 'number' ? [axis] : axis));
const initializer = (field: string, initial: string) =>
  initializerField(field).default(() => initializerField(field).parse(initial));

const scaleAndCentre = {
  center: z.boolean().default(true),
  scale: z.boolean().default(true),
  ...weightFields('beta', 'zeros'),
  ...weightFields('gamma', 'ones'),
};

type ScaleAndCentre = { center: boolean; scale: boolean } & Parameters<typeof trainableWeight<'beta'>>[0] &
  Parameters<typeof trainableWeight<'gamma'>>[0];

const gammaAndBeta = (config: ScaleAndCentre, shape: readonly number[]): WeightSpec[] => [
  ...(config.scale ? [trainableWeight(config, 'gamma', shape)] : []),
  ...(config.center ? [trainableWeight(config, 'beta', shape)] : []),
];

const batchNormalization = defineLayer({
  className: 'BatchNormalization',
  fields: {
    // Keras 2 writes a list of one axis.
    axis: z
      .union([z.number().int(), z.array(z.number().int()).length(1)])
      .default(-1)
      .transform((axis) => (typeof axis === 'number' ? axis : (axis[0] ?? -1))),
    momentum: fraction.default(0.99),
    epsilon: nonNegative.default(0.001),
    ...scaleAndCentre,
    moving_mean_initializer: initializer('moving_mean_initializer', 'zeros'),
    moving_variance_initializer: initializer('moving_variance_initializer', 'ones'),
    synchronized: z.literal(false).default(false),
    renorm: z.literal(false).default(false),
    renorm_clipping: z.null().default(null),
    renorm_momentum: fraction.default(0.99),
  },
  outputShapes: sameShape,
  weights(config, inputs) {
    const shape = [knownSize('BatchNormalization', onlyInput('BatchNormalization', inputs), config.axis)];
    return [
      ...gammaAndBeta(config, shape),
      stateWeight('moving_mean', shape, config.moving_mean_initializer),
      stateWeight('moving_variance', shape, config.moving_variance_initializer),
    ];
  },
});

const axisSizes = (className: string, of: readonly number[], input: Shape): number[] =>
  of.map((axis) => knownSize(className, input, axis));

const layerNormalization = defineLayer({
  className: 'LayerNormalization',
  fields: {
    axis: axes,
    epsilon: nonNegative.default(0.001),
    rms_scaling: z.boolean().default(false),
    ...scaleAndCentre,
  },
  outputShapes: sameShape,
  weights(config, inputs) {
    const shape = axisSizes('LayerNormalization', config.axis, onlyInput('LayerNormalization', inputs));
    if (config.rms_scaling) return gammaAndBeta({ ...config, scale: true, center: false }, shape);
    return gammaAndBeta(config, shape);
  },
});

const rmsNormalization = defineLayer({
  className: 'RMSNormalization',
  fields: { axis: axes, epsilon: nonNegative.default(1e-6) },
  outputShapes: sameShape,
  weights(config, inputs) {
    const shape = axisSizes('RMSNormalization', config.axis, onlyInput('RMSNormalization', inputs));
    const initial = { class_name: 'Ones', config: {} };
    return [{ path: 'scale', shape, dtype: 'float32', trainable: true, initializer: initial }];
  },
});

const unitNormalization = defineLayer({
  className: 'UnitNormalization',
  fields: { axis: axisOrAxes.default(-1) },
  outputShapes: sameShape,
});

const groupNormalization = defineLayer({
  className: 'GroupNormalization',
  fields: {
    groups: z.union([positiveInteger, z.literal(-1)]).default(32),
    axis: z.number().int().default(-1),
    epsilon: nonNegative.default(0.001),
    ...scaleAndCentre,
  },
  outputShapes({ axis, groups }, inputs) {
    const input = onlyInput('GroupNormalization', inputs);
    const channels = knownSize('GroupNormalization', input, axis);
    if (groups !== -1 && channels % groups !== 0) {
      throw new ShapeError(
        `GroupNormalization takes a number of channels that ${groups} groups divide; received ${channels}`,
      );
    }
    return [[...input]];
  },
  weights: (config, inputs) =>
    gammaAndBeta(config, [
      knownSize('GroupNormalization', onlyInput('GroupNormalization', inputs), config.axis),
    ]),
});

const statistic = z.union([z.number(), z.json()]).nullable().default(null);

const normalization = defineLayer({
  className: 'Normalization',
  fields: {
    axis: z
      .union([z.number().int(), z.array(z.number().int())])
      .nullable()
      .default(-1)
      .transform((axis): number[] => (axis === null ? [] : typeof axis === 'number' ? [axis] : axis)),
    mean: statistic,
    variance: statistic,
    invert: z.boolean().default(false),
  },
  inspect: ({ mean, variance }) =>
    (mean === null) === (variance === null)
      ? null
      : { path: ['mean'], message: 'mean and variance must be given both or neither' },
  outputShapes: sameShape,
  weights(config, inputs) {
    if (config.mean !== null) return [];
    const input = onlyInput('Normalization', inputs);
    const shape = config.axis
      .map((axis) => positiveAxis('Normalization', axis, input.length))
      .sort((a, b) => a - b)
      .map((axis) => knownSize('Normalization', input, axis));
    return [
      stateWeight('mean', shape, { class_name: 'Zeros', config: {} }),
      stateWeight('variance', shape, { class_name: 'Ones', config: {} }),
      stateWeight('count', [], { class_name: 'Zeros', config: {} }, 'int32'),
    ];
  },
});

export const normalizationLayers = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
  GroupNormalization: groupNormalization,
  Normalization: normalization,
};
