import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import { ShapeError } from '../layer-definition.js';
import { dataFormat, perAxis } from './data-format.js';
import { defineLayer } from './define-layer.js';
import { formatShape } from './shape-rules.js';
import { spatialInput, spatialShape, type Dimensions } from './window-shapes.js';

const count = z.number().int().min(0);
const pair = z.array(count).length(2);

/** One number for all sides, one an axis, or before and after for each axis. */
function perSide(dimensions: Dimensions, initial: number) {
  const bothSides = z.array(z.union([pair, count.transform((n) => [n, n])])).length(dimensions);
  const schema = z.union([
    count.transform((n) => Array.from({ length: dimensions }, () => [n, n])),
    // A line's two numbers are its two sides.
    ...(dimensions === 1 ? [pair.transform((sides) => [sides])] : []),
    bothSides,
  ]) as unknown as z.ZodType<number[][]>;
  return schema.default(() => Array.from({ length: dimensions }, () => [initial, initial]));
}

function zeroPadding<const Name extends string>(className: Name, dimensions: Dimensions) {
  return defineLayer({
    className,
    fields: { padding: perSide(dimensions, 1), data_format: dataFormat },
    outputShapes({ padding, data_format }, inputs) {
      const input = spatialInput(className, dimensions, data_format, inputs);
      const spatial = input.spatial.map((length, axis) => {
        const [before = 0, after = 0] = padding[axis]!;
        return length === null ? null : length + before + after;
      });
      return [spatialShape({ ...input, spatial }, data_format)];
    },
  });
}

function cropping<const Name extends string>(className: Name, dimensions: Dimensions, initial: number) {
  return defineLayer({
    className,
    fields: { cropping: perSide(dimensions, initial), data_format: dataFormat },
    outputShapes({ cropping: sides, data_format }, inputs) {
      const input = spatialInput(className, dimensions, data_format, inputs);
      const spatial = input.spatial.map((length, axis) => {
        const [before = 0, after = 0] = sides[axis]!;
        if (length === null) return null;
        if (length > before + after) return length - before - after;
        throw new ShapeError(
          `${className} leaves nothing along an axis of length ${length}; received spatial shape ${formatShape(input.spatial)}`,
        );
      });
      return [spatialShape({ ...input, spatial }, data_format)];
    },
  });
}

function upSampling<const Name extends string>(
  className: Name,
  dimensions: Dimensions,
  interpolations: readonly ['nearest', ...string[]],
) {
  return defineLayer({
    className,
    fields: {
      size: perAxis(dimensions, positiveInteger, 2),
      data_format: dataFormat,
      interpolation: z.string().toLowerCase().pipe(z.enum(interpolations)).default('nearest'),
    },
    outputShapes({ size, data_format }, inputs) {
      const input = spatialInput(className, dimensions, data_format, inputs);
      const spatial = input.spatial.map((length, axis) => (length === null ? null : length * size[axis]!));
      return [spatialShape({ ...input, spatial }, data_format)];
    },
  });
}

export const spatialLayers = {
  ZeroPadding1D: zeroPadding('ZeroPadding1D', 1),
  ZeroPadding2D: zeroPadding('ZeroPadding2D', 2),
  ZeroPadding3D: zeroPadding('ZeroPadding3D', 3),
  Cropping1D: cropping('Cropping1D', 1, 1),
  Cropping2D: cropping('Cropping2D', 2, 0),
  Cropping3D: cropping('Cropping3D', 3, 1),
  UpSampling1D: upSampling('UpSampling1D', 1, ['nearest']),
  UpSampling2D: upSampling('UpSampling2D', 2, ['nearest', 'bilinear']),
  UpSampling3D: upSampling('UpSampling3D', 3, ['nearest']),
};
