import type { ModelWeight } from '@epochal/model-spec';
import type { OptimizerVariable } from '../keras/optimizer-state.js';
import type { SafetensorsFile } from '../safetensors/safetensors-file.js';
import { SafetensorsError } from '../safetensors/tensor-types.js';
import type { DatasetSource, PlannedDataset } from './hdf5-plan.js';

const sourceOf = (checkpoint: SafetensorsFile, name: string, shape: readonly number[]): DatasetSource => {
  const entry = checkpoint.tensors.get(name);
  if (entry === undefined)
    throw new SafetensorsError(`The checkpoint has no tensor ${name}: it is of another model`);
  if (String(entry.shape) !== String(shape)) {
    throw new SafetensorsError(
      `The tensor ${name} has the shape [${entry.shape.join(', ')}], but the model needs [${shape.join(', ')}]`,
    );
  }
  return { file: checkpoint.path, offset: entry.offset, dtype: entry.dtype };
};

/** A dataset with a variable of the model. Keras keeps its integer variables as int64. */
export const weightDataset = (
  path: string,
  { path: name, spec }: ModelWeight,
  checkpoint: SafetensorsFile,
): PlannedDataset => ({
  path,
  shape: spec.shape,
  dtype: spec.dtype === 'int32' ? 'int64' : 'float32',
  source: sourceOf(checkpoint, `model/${name}`, spec.shape),
});

/** A dataset with a variable of the optimizer. */
export const optimizerDataset = (
  path: string,
  { name, shape, tensor }: OptimizerVariable,
  checkpoint: SafetensorsFile,
): PlannedDataset => ({
  path,
  shape,
  dtype: name === 'iteration' ? 'int64' : 'float32',
  source: tensor === null ? { fill: 0 } : sourceOf(checkpoint, tensor.name, shape),
});
