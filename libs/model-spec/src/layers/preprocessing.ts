import { z } from 'zod';
import { defineLayer, sameShape } from './define-layer.js';

const numberOrNumbers = z.union([z.number(), z.array(z.number())]);

const rescaling = defineLayer({
  className: 'Rescaling',
  fields: {
    scale: numberOrNumbers,
    offset: numberOrNumbers.default(0),
    data_format: z.string().nullable().default(null),
  },
  outputShapes: sameShape,
});

export const preprocessingLayers = { Rescaling: rescaling };
