import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import { validOrSame } from './convolution-fields.js';
import { dataFormat, perAxis } from './data-format.js';
import { defineLayer } from './define-layer.js';
import { spatialInput, spatialShape, windowed, type Dimensions } from './window-shapes.js';

function pooling<const Name extends string>(className: Name, dimensions: Dimensions) {
  return defineLayer({
    className,
    fields: {
      pool_size: perAxis(dimensions, positiveInteger, 2),
      // Keras's null stands for the pool size.
      strides: perAxis(dimensions, positiveInteger).nullable().default(null),
      padding: validOrSame,
      data_format: dataFormat,
    },
    complete: (config) => ({ ...config, strides: config.strides ?? config.pool_size }),
    outputShapes({ pool_size, strides, padding, data_format }, inputs) {
      const input = spatialInput(className, dimensions, data_format, inputs);
      const windows = pool_size.map((size, axis) => ({ size, stride: strides?.[axis] ?? size, padding }));
      const spatial = windowed(className, input.spatial, windows);
      return [spatialShape({ ...input, spatial }, data_format)];
    },
  });
}

function globalPooling<const Name extends string>(className: Name, dimensions: Dimensions) {
  return defineLayer({
    className,
    fields: { data_format: dataFormat, keepdims: z.boolean().default(false) },
    outputShapes({ data_format, keepdims }, inputs) {
      const input = spatialInput(className, dimensions, data_format, inputs);
      const spatial = keepdims ? input.spatial.map(() => 1) : [];
      return [spatialShape({ ...input, spatial }, data_format)];
    },
  });
}

function adaptivePooling<const Name extends string>(className: Name, dimensions: Dimensions) {
  return defineLayer({
    className,
    fields: { output_size: perAxis(dimensions, positiveInteger), data_format: dataFormat },
    outputShapes({ output_size, data_format }, inputs) {
      const input = spatialInput(className, dimensions, data_format, inputs);
      return [spatialShape({ ...input, spatial: output_size }, data_format)];
    },
  });
}

export const poolingLayers = {
  MaxPooling1D: pooling('MaxPooling1D', 1),
  MaxPooling2D: pooling('MaxPooling2D', 2),
  MaxPooling3D: pooling('MaxPooling3D', 3),
  AveragePooling1D: pooling('AveragePooling1D', 1),
  AveragePooling2D: pooling('AveragePooling2D', 2),
  AveragePooling3D: pooling('AveragePooling3D', 3),
  GlobalMaxPooling1D: globalPooling('GlobalMaxPooling1D', 1),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPooling2D', 2),
  GlobalMaxPooling3D: globalPooling('GlobalMaxPooling3D', 3),
  GlobalAveragePooling1D: globalPooling('GlobalAveragePooling1D', 1),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePooling2D', 2),
  GlobalAveragePooling3D: globalPooling('GlobalAveragePooling3D', 3),
  AdaptiveMaxPooling1D: adaptivePooling('AdaptiveMaxPooling1D', 1),
  AdaptiveMaxPooling2D: adaptivePooling('AdaptiveMaxPooling2D', 2),
  AdaptiveMaxPooling3D: adaptivePooling('AdaptiveMaxPooling3D', 3),
  AdaptiveAveragePooling1D: adaptivePooling('AdaptiveAveragePooling1D', 1),
  AdaptiveAveragePooling2D: adaptivePooling('AdaptiveAveragePooling2D', 2),
  AdaptiveAveragePooling3D: adaptivePooling('AdaptiveAveragePooling3D', 3),
};
