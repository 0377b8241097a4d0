import type { JsonObject, ModelDialect } from '@epochal/contracts';
import type { LayerDescription } from '../model-description.js';
import type { JsonPath, ProblemList } from './problem-list.js';

/** A layer or nested model, without its calls. */
export type Part = Pick<LayerDescription, 'className' | 'config' | 'model'>;

/**
 * Reads one entry of a model's `layers`, which may be a model again: whoever reads a model is handed this. Undefined when
 * problems were recorded for it.
 */
export type ReadPart = (
  json: JsonObject,
  name: string,
  path: JsonPath,
  dialect: ModelDialect,
  problems: ProblemList,
) => Part | undefined;
