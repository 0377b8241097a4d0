import type { LayerImplementation } from '../layer.js';
import { activationImplementations } from './activation-layers.js';
import { attentionImplementations } from './attention/index.js';
import { categoryImplementations } from './categories.js';
import { convolutionImplementations } from './convolution.js';
import { coreImplementations } from './core.js';
import { einsumDense } from './einsum-dense.js';
import { imageImplementations } from './images.js';
import { mergingImplementations } from './merging.js';
import { normalizationImplementations } from './normalization.js';
import { poolingImplementations } from './pooling.js';
import { preprocessingImplementations } from './preprocessing.js';
import { regularizationImplementations } from './regularization.js';
import { recurrentImplementations } from './recurrent/index.js';
import { registerImplementation } from './registry.js';
import { reshapingImplementations } from './reshaping.js';
import { spatialImplementations } from './spatial.js';

const all: readonly LayerImplementation[] = [
  ...coreImplementations,
  ...activationImplementations,
  ...regularizationImplementations,
  ...reshapingImplementations,
  ...mergingImplementations,
  ...normalizationImplementations,
  ...preprocessingImplementations,
  ...convolutionImplementations,
  ...poolingImplementations,
  ...spatialImplementations,
  ...imageImplementations,
  ...categoryImplementations,
  einsumDense,
  ...recurrentImplementations,
  ...attentionImplementations,
];

/** The computation of every layer class in `LAYERS` of `@epochal/model-spec`, by class name. */
export const IMPLEMENTATIONS: Readonly<Record<string, LayerImplementation>> = Object.fromEntries(
  all.map((implementation) => [implementation.className, implementation]),
);

for (const implementation of all) registerImplementation(implementation);
