import { compileSchema, type Compile, type JsonObject, type JsonValue } from '@epochal/contracts';
import { readCompile, type ModelDetails } from '@epochal/model-spec';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Options that only Keras 2 writes, and that change nothing. */
const INERT: ReadonlySet<string> = new Set(['fn', 'jit_compile', 'is_legacy_optimizer']);

const option = (key: string, value: JsonValue): JsonValue =>
  key === 'reduction' && value === 'auto' ? 'sum_over_batch_size' : plain(value);

/** A serialised object as requests give it: its class and options, without what Keras adds to find its Python class. */
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const { class_name: className, config } = value;
  if (typeof className !== 'string') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  if (className === 'function' && typeof config === 'string') return config;
  const options = isObject(config) ? config : {};
  const kept = Object.entries(options).filter(([key]) => !INERT.has(key));
  const plainConfig = Object.fromEntries(kept.map(([key, item]) => [key, option(key, item)]));
  // Keras 2 wraps the functions that are metrics.
  if (className === 'MeanMetricWrapper' && typeof options.fn === 'string') {
    return typeof plainConfig.name === 'string' ? plainConfig.name : options.fn;
  }
  return { class_name: className.replace(/^Custom>/, ''), config: plainConfig };
}

const given = (config: JsonObject, key: string): JsonObject => {
  const value = config[key];
  return value === undefined || value === null ? {} : { [key]: plain(value) };
};

/**
 * The arguments of `Model.compile` that a file of Keras holds, as a request would give them.
 * @param config `training_config` or `compile_config`
 * @returns null when the model was not compiled, or with what is not known here
 */
export const compileFromKeras = (config: JsonObject | null, model: ModelDetails): Compile | null => {
  if (config === null) return null;
  const optimizer = config.optimizer_config ?? config.optimizer;
  if (optimizer === undefined || optimizer === null) return null;
  const parsed = compileSchema.safeParse({
    optimizer: plain(optimizer),
    ...given(config, 'loss'),
    ...given(config, 'loss_weights'),
    ...given(config, 'metrics'),
    ...given(config, 'weighted_metrics'),
  });
  if (!parsed.success) return null;
  return readCompile(parsed.data, model.outputs).problems.length === 0 ? parsed.data : null;
};
