import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { defineLayer } from './define-layer.js';
import { factor, fillFields, imageFields, randomFields, sizeFields, valueRange } from './image-fields.js';
import { spatialInput, spatialShape } from './window-shapes.js';

type Format = 'channels_last' | 'channels_first';

/** Images of the same size. @throws ShapeError for what is not a batch of images */
const sameImages = (className: string, format: Format, inputs: readonly Shape[]): Shape[] => [
  spatialShape(spatialInput(className, 2, format, inputs), format),
];

const resizedImages = (
  className: string,
  config: { data_format: Format; height: number; width: number },
  inputs: readonly Shape[],
): Shape[] => {
  const input = spatialInput(className, 2, config.data_format, inputs);
  return [spatialShape({ ...input, spatial: [config.height, config.width] }, config.data_format)];
};

const centerCrop = defineLayer({
  className: 'CenterCrop',
  fields: { ...imageFields, ...sizeFields },
  outputShapes: (config, inputs) => resizedImages('CenterCrop', config, inputs),
});

const resizing = defineLayer({
  className: 'Resizing',
  fields: {
    ...imageFields,
    ...sizeFields,
    interpolation: z.enum(['nearest', 'bilinear']).default('bilinear'),
    crop_to_aspect_ratio: z.literal(false).default(false),
    pad_to_aspect_ratio: z.literal(false).default(false),
    fill_mode: z.literal('constant').default('constant'),
    fill_value: z.number().default(0),
    antialias: z.literal(false).default(false),
  },
  outputShapes: (config, inputs) => resizedImages('Resizing', config, inputs),
});

const randomFlip = defineLayer({
  className: 'RandomFlip',
  fields: {
    ...randomFields,
    mode: z.enum(['horizontal', 'vertical', 'horizontal_and_vertical']).default('horizontal_and_vertical'),
  },
  outputShapes: ({ data_format }, inputs) => sameImages('RandomFlip', data_format, inputs),
});

const randomRotation = defineLayer({
  className: 'RandomRotation',
  fields: { ...randomFields, factor: factor(-1, 1), ...fillFields },
  outputShapes: ({ data_format }, inputs) => sameImages('RandomRotation', data_format, inputs),
});

const rawFactor = z.union([z.number(), z.array(z.number()).length(2)]);

const randomTranslation = defineLayer({
  className: 'RandomTranslation',
  fields: { ...randomFields, height_factor: rawFactor, width_factor: rawFactor, ...fillFields },
  outputShapes: ({ data_format }, inputs) => sameImages('RandomTranslation', data_format, inputs),
});

const randomZoom = defineLayer({
  className: 'RandomZoom',
  fields: {
    ...randomFields,
    height_factor: rawFactor,
    width_factor: rawFactor.nullable().default(null),
    ...fillFields,
  },
  outputShapes: ({ data_format }, inputs) => sameImages('RandomZoom', data_format, inputs),
});

const randomContrast = defineLayer({
  className: 'RandomContrast',
  fields: { ...randomFields, factor: factor(0, 1), value_range: valueRange },
  outputShapes: ({ data_format }, inputs) => sameImages('RandomContrast', data_format, inputs),
});

const randomBrightness = defineLayer({
  className: 'RandomBrightness',
  fields: { ...randomFields, factor: factor(-1, 1), value_range: valueRange },
  outputShapes: ({ data_format }, inputs) => sameImages('RandomBrightness', data_format, inputs),
});

export const imageLayers = {
  CenterCrop: centerCrop,
  Resizing: resizing,
  RandomFlip: randomFlip,
  RandomRotation: randomRotation,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
  RandomContrast: randomContrast,
  RandomBrightness: randomBrightness,
};
