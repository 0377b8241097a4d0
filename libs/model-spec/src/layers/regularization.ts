import { z } from 'zod';
import { nonNegative, seed } from '../catalogue/fields.js';
import { dataFormat } from './data-format.js';
import { defineLayer, sameShape } from './define-layer.js';
import { onlyInput, requireRank } from './shape-rules.js';

const rate = z.number().min(0).max(1);
const noiseShape = z.array(z.number().int().nullable()).nullable().default(null);

const dropout = defineLayer({
  className: 'Dropout',
  fields: { rate, seed, noise_shape: noiseShape },
  outputShapes: sameShape,
});

const alphaDropout = defineLayer({
  className: 'AlphaDropout',
  fields: { rate, seed, noise_shape: noiseShape },
  outputShapes: sameShape,
});

const gaussianDropout = defineLayer({
  className: 'GaussianDropout',
  fields: { rate, seed },
  outputShapes: sameShape,
});

const gaussianNoise = defineLayer({
  className: 'GaussianNoise',
  fields: { stddev: nonNegative, seed },
  outputShapes: sameShape,
});

const activityRegularization = defineLayer({
  className: 'ActivityRegularization',
  fields: { l1: nonNegative.default(0), l2: nonNegative.default(0) },
  outputShapes: sameShape,
});

function spatialDropout<const Dimensions extends 1 | 2 | 3>(dimensions: Dimensions) {
  const className = `SpatialDropout${dimensions}D` as const;
  return defineLayer({
    className,
    fields: { rate, seed, noise_shape: noiseShape, data_format: dataFormat },
    outputShapes(_config, inputs) {
      const input = onlyInput(className, inputs);
      requireRank(className, input, dimensions + 2, dimensions + 2);
      return [[...input]];
    },
  });
}

export const regularizationLayers = {
  Dropout: dropout,
  AlphaDropout: alphaDropout,
  GaussianDropout: gaussianDropout,
  GaussianNoise: gaussianNoise,
  ActivityRegularization: activityRegularization,
  SpatialDropout1D: spatialDropout(1),
  SpatialDropout2D: spatialDropout(2),
  SpatialDropout3D: spatialDropout(3),
};
