import type { JsonObject, ModelDialect } from '@epochal/contracts';
import type { LayerDescription } from '../model-description.js';
import { isObject } from './json-reading.js';
import { isModel } from './model-classes.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import { readLayer } from './read-layer.js';
import { readModel } from './read-model.js';

/** A layer or nested model, without its calls. */
export type Part = Pick<LayerDescription, 'className' | 'config' | 'model'>;

/** Reads one entry of a model's `layers`. Undefined when problems were recorded for it. */
export const readPart = (
  json: JsonObject,
  name: string,
  path: JsonPath,
  dialect: ModelDialect,
  problems: ProblemList,
): Part | undefined => {
  if (!isModel(json)) return readLayer(json, name, path, dialect, problems);
  const model = readModel(json, path, dialect, problems);
  if (model === undefined) return undefined;
  const trainable = !isObject(json.config) || json.config.trainable !== false;
  return {
    className: model.kind === 'sequential' ? 'Sequential' : 'Functional',
    config: { name, trainable },
    model,
  };
};
