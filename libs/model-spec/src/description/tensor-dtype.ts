import type { ModelDescription, TensorReference } from '../model-description.js';

/** Layers that hand on what they are given, integers too. */
const PASSES_ON: ReadonlySet<string> = new Set([
  'Flatten',
  'Reshape',
  'Permute',
  'RepeatVector',
  'Identity',
  'Cropping1D',
  'Cropping2D',
  'Cropping3D',
  'ZeroPadding1D',
  'ZeroPadding2D',
  'ZeroPadding3D',
  'UpSampling1D',
  'UpSampling2D',
  'UpSampling3D',
]);

/** The dtype of a tensor of a model, such as `float32` or `int32`. */
export const tensorDtype = (model: ModelDescription, reference: TensorReference): string => {
  const layer = model.layers.find(({ name }) => name === reference.layer);
  if (layer === undefined) return 'float32';
  if (layer.model !== undefined) return tensorDtype(layer.model, layer.model.outputs[reference.tensor]!);
  const source = layer.calls[reference.call]?.inputs[0];
  if (PASSES_ON.has(layer.className) && source !== undefined) return tensorDtype(model, source);
  return typeof layer.config.dtype === 'string' ? layer.config.dtype : 'float32';
};
