import type { JsonObject, Shape } from '@epochal/contracts';
import { z } from 'zod';
import { computeDtype, name } from '../catalogue/fields.js';
import type { LayerDefinition, WeightSpec } from '../layer-definition.js';
import { regularizerField } from '../regularizers/index.js';

/** Config keys of every Keras layer (keras/src/layers/layer.py). */
const baseFields = {
  name,
  trainable: z.boolean().default(true),
  dtype: computeDtype,
  autocast: z.boolean().default(true),
  activity_regularizer: regularizerField('activity_regularizer'),
};
type BaseFields = typeof baseFields;

/** The config that a layer's fields describe, with the fields of every layer. */
export type ConfigOf<Fields extends z.ZodRawShape> =
  z.output<z.ZodObject<Omit<BaseFields, keyof Fields> & Fields>> extends infer Config extends JsonObject
    ? Config
    : never;

interface LayerParts<Name extends string, Fields extends z.ZodRawShape> {
  readonly className: Name;
  readonly fields: Fields;
  /** What is wrong in the config beyond its single keys; null when it is right. */
  inspect?(config: ConfigOf<Fields>): { path: string[]; message: string } | null;
  /** Settles keys that follow from others, such as strides from a pool size. */
  complete?(config: ConfigOf<Fields>): ConfigOf<Fields>;
  /** @param keywordArguments of the call; some make it return more than one tensor */
  outputShapes(config: ConfigOf<Fields>, inputs: readonly Shape[], keywordArguments: JsonObject): Shape[];
  weights?(config: ConfigOf<Fields>, inputs: readonly Shape[]): WeightSpec[];
}

export interface NamedLayerDefinition<
  Name extends string,
  Config extends JsonObject,
> extends LayerDefinition<Config> {
  readonly className: Name;
}

/** A layer definition from its config keys; the keys that every layer has are added. */
export function defineLayer<const Name extends string, Fields extends z.ZodRawShape>(
  parts: LayerParts<Name, Fields>,
): NamedLayerDefinition<Name, ConfigOf<Fields>> {
  const { className, fields, inspect, complete } = parts;
  const schema = z.strictObject({ ...baseFields, ...fields }).superRefine((config, context) => {
    const problem = inspect?.(config as unknown as ConfigOf<Fields>) ?? null;
    if (problem !== null) context.addIssue({ code: 'custom', ...problem });
  });
  return {
    className,
    // The schema's output is ConfigOf by construction, which TypeScript can't see through the generic spread.
    config: (complete === undefined
      ? schema
      : schema.transform((config) =>
          complete(config as unknown as ConfigOf<Fields>),
        )) as unknown as z.ZodType<ConfigOf<Fields>>,
    outputShapes: (config, inputs, keywordArguments = {}) =>
      parts.outputShapes(config, inputs, keywordArguments),
    weights: (config, inputs) => parts.weights?.(config, inputs) ?? [],
  };
}

/** Output of one input's own shape, as of all elementwise layers. */
export const sameShape = (_config: JsonObject, inputs: readonly Shape[]): Shape[] =>
  inputs.map((shape) => [...shape]);
