import type { KerasObject } from '@epochal/contracts';
import type { z } from 'zod';
import { createResolver } from '../catalogue/resolve.js';
import type { ResolvedObject } from '../catalogue/component-definition.js';
import type { LayerDefinition } from '../layer-definition.js';
import { activationLayers } from './activation-layers.js';
import { attentionLayers } from './attention/index.js';
import { categoryLayers } from './categories.js';
import { coreLayers } from './core.js';
import { convolutionLayers } from './convolution.js';
import { einsumDense } from './einsum-dense.js';
import { imageLayers } from './images.js';
import { mergingLayers } from './merging.js';
import { normalizationLayers } from './normalization.js';
import { poolingLayers } from './pooling.js';
import { preprocessingLayers } from './preprocessing.js';
import { recurrentLayers } from './recurrent/index.js';
import { registerLayer } from './registry.js';
import { regularizationLayers } from './regularization.js';
import { reshapingLayers } from './reshaping.js';
import { spatialLayers } from './spatial.js';

const definitions = {
  ...coreLayers,
  ...activationLayers,
  ...regularizationLayers,
  ...reshapingLayers,
  ...mergingLayers,
  ...normalizationLayers,
  ...preprocessingLayers,
  ...convolutionLayers,
  ...poolingLayers,
  ...spatialLayers,
  ...imageLayers,
  ...categoryLayers,
  EinsumDense: einsumDense,
  ...recurrentLayers,
  ...attentionLayers,
};

export type LayerName = keyof typeof definitions;
/** The complete config of a layer class: `LayerConfig<'Dense'>`. */
export type LayerConfig<Name extends LayerName> = z.output<(typeof definitions)[Name]['config']>;

/** Every Keras layer that can be built, by class name. */
export const LAYERS: Record<string, LayerDefinition> = definitions;

for (const definition of Object.values(LAYERS)) registerLayer(definition);

/** Names that Keras exports beside the class names (keras/layers/__init__.py). */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  Conv1D: ['Convolution1D'],
  Conv2D: ['Convolution2D'],
  Conv3D: ['Convolution3D'],
  Conv1DTranspose: ['Convolution1DTranspose'],
  Conv2DTranspose: ['Convolution2DTranspose'],
  Conv3DTranspose: ['Convolution3DTranspose'],
  SeparableConv1D: ['SeparableConvolution1D'],
  SeparableConv2D: ['SeparableConvolution2D'],
  AveragePooling1D: ['AvgPool1D'],
  AveragePooling2D: ['AvgPool2D'],
  AveragePooling3D: ['AvgPool3D'],
  MaxPooling1D: ['MaxPool1D'],
  MaxPooling2D: ['MaxPool2D'],
  MaxPooling3D: ['MaxPool3D'],
  GlobalAveragePooling1D: ['GlobalAvgPool1D'],
  GlobalAveragePooling2D: ['GlobalAvgPool2D'],
  GlobalAveragePooling3D: ['GlobalAvgPool3D'],
  GlobalMaxPooling1D: ['GlobalMaxPool1D'],
  GlobalMaxPooling2D: ['GlobalMaxPool2D'],
  GlobalMaxPooling3D: ['GlobalMaxPool3D'],
  GroupQueryAttention: ['GroupedQueryAttention'],
};

const resolver = createResolver(
  'layer',
  Object.fromEntries(
    Object.values(LAYERS).map(({ className, config }) => [
      className,
      { className, aliases: ALIASES[className] ?? [], config },
    ]),
  ),
);

/**
 * The layer class and its complete config.
 * @throws UnknownNameError when there is no such layer, ConfigError when it would not take the config
 */
export const resolveLayer = (input: KerasObject, field = 'class_name'): ResolvedObject =>
  resolver.resolve(input, field);
