import type { Compile, JsonObject, JsonValue } from '@epochal/contracts';
import type { ModelDetails } from '@epochal/model-spec';
import type { SafetensorsFile } from '../safetensors/safetensors-file.js';

/** Which Keras reads the file. TensorFlow.js definitions are written in their Keras 2 form. */
export type KerasGeneration = 'keras_3' | 'keras_2';

/** All that a file of Keras holds. */
export interface SavedModel {
  readonly generation: KerasGeneration;
  /** The model as it was submitted, unwrapped: what Keras's to_json() returned. */
  readonly topology: JsonObject;
  readonly model: ModelDetails;
  readonly compile: Compile | null;
  readonly checkpoint: SafetensorsFile;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The form in which a model gives its outputs. */
export const outputForm = ({
  topology,
  model,
}: Pick<SavedModel, 'topology' | 'model'>): 'one' | 'list' | 'dictionary' => {
  const config = isObject(topology.config) ? topology.config : {};
  if (isObject(config.output_layers)) return 'dictionary';
  return model.outputs.length === 1 ? 'one' : 'list';
};

/** The version to write where the definition does not say it: the newest that files were tested with. */
export const kerasVersion = ({
  topology,
  generation,
}: Pick<SavedModel, 'topology' | 'generation'>): string => {
  const { keras_version: version } = topology;
  if (typeof version === 'string' && /^\d/.test(version)) return version;
  return generation === 'keras_3' ? '3.15.1' : '2.15.0';
};
