import type { Compile, JsonObject, JsonValue } from '@epochal/contracts';
import {
  readCompile,
  resolveLoss,
  type CompiledOutput,
  type ModelDetails,
  type ResolvedObject,
} from '@epochal/model-spec';
import { isInKeras2 } from './keras-2-names.js';

/** How a file writes the arguments of `Model.compile`. */
export type CompileStyle = 'keras_3_archive' | 'keras_3_h5' | 'keras_2_archive' | 'keras_2_h5';

/** The arguments of `Model.compile` as Keras serialises them. `optimizer` is the optimizer alone. */
export interface CompileConfig {
  readonly optimizer: ResolvedObject;
  readonly json: JsonObject;
}

type Kind = 'optimizers' | 'losses' | 'metrics' | 'optimizers.schedules';

const serialise = (kind: Kind, { class_name, config }: ResolvedObject, style: CompileStyle): JsonObject => {
  if (style.endsWith('h5')) return { class_name, config };
  return { module: `keras.${kind}`, class_name, config, registered_name: null };
};

const withoutNull = (config: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([key, value]) => value !== null || !keys.includes(key)));

const without = (config: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));

const isKeras2 = (style: CompileStyle): boolean => style === 'keras_2_archive' || style === 'keras_2_h5';

/** A loss with no options of its own is written by the name of its function, which every Keras reads. */
const lossJson = (loss: ResolvedObject, style: CompileStyle): JsonValue => {
  const { name } = loss.config;
  if (typeof name === 'string') {
    const plain = resolveLoss(name);
    if (JSON.stringify(plain) === JSON.stringify(loss)) return name;
  }
  const config = without(loss.config, isKeras2(style) ? ['dtype'] : []);
  return serialise('losses', { ...loss, config }, style);
};

const metricJson = (metric: ResolvedObject, style: CompileStyle): JsonValue =>
  serialise('metrics', { ...metric, config: withoutNull(metric.config, ['dtype', 'name']) }, style);

/** Keras 2 keeps the names that its logs have, with the output in front, in whole-model `.h5` files. */
const named = (metric: ResolvedObject, name: string): ResolvedObject => ({
  ...metric,
  config: { ...metric.config, name },
});
/** Resolved metrics have the name that they have in logs. */
const nameOf = ({ config }: ResolvedObject): string => (typeof config.name === 'string' ? config.name : '');

const withOutputNames = (outputs: readonly CompiledOutput[], layers: readonly string[]): CompiledOutput[] =>
  outputs.map((output, index) => {
    const taken = new Set(output.metrics.map(({ config }) => config.name));
    const name = (metric: ResolvedObject): string => `${layers[index]}_${nameOf(metric)}`;
    return {
      ...output,
      metrics: output.metrics.map((metric) => named(metric, name(metric))),
      weightedMetrics: output.weightedMetrics.map((metric) =>
        named(
          metric,
          taken.has(metric.config.name) ? `${layers[index]}_weighted_${nameOf(metric)}` : name(metric),
        ),
      ),
    };
  });

const optimizerJson = (
  optimizer: ResolvedObject,
  learningRate: number | undefined,
  style: CompileStyle,
): JsonObject => {
  const { learning_rate: given } = optimizer.config;
  const schedule = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : undefined;
  const rate = schedule
    ? serialise('optimizers.schedules', schedule as unknown as ResolvedObject, 'keras_3_archive')
    : (learningRate ?? given!);
  const inert = isKeras2(style) ? ['name', 'loss_scale_factor', 'gradient_accumulation_steps'] : ['name'];
  const config = { ...withoutNull(optimizer.config, inert), learning_rate: rate };
  const className = style === 'keras_2_h5' ? `Custom>${optimizer.class_name}` : optimizer.class_name;
  return serialise('optimizers', { class_name: className, config }, style);
};

/** Classes that the loader of whole-model `.h5` files of Keras 3.15 does not find, even in files of its own. */
const UNREADABLE_IN_H5: ReadonlySet<string> = new Set(['Lamb', 'CategoricalGeneralizedCrossEntropy']);

/** Keras 2 has no gradient accumulation and scales no loss by itself. */
const fitsKeras2 = ({ config }: ResolvedObject): boolean =>
  (config.loss_scale_factor ?? null) === null && (config.gradient_accumulation_steps ?? null) === null;

/** A value for each output, in the form that the model's outputs have. */
const byOutput = (
  values: readonly JsonValue[],
  names: readonly string[],
  form: 'one' | 'list' | 'dictionary',
): JsonValue => {
  if (form === 'one') return values[0]!;
  if (form === 'list') return [...values];
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
};

/**
 * Serialises the arguments of `Model.compile`.
 * @param form whether the model has one output, a list of them, or a dictionary
 * @param learningRate what training has come to, in place of what it began with
 * @returns null when the Keras in question does not have one of the classes: then the file holds a model that is not compiled
 */
export const compileConfig = (
  compile: Compile,
  model: ModelDetails,
  form: 'one' | 'list' | 'dictionary',
  style: CompileStyle,
  learningRate: number | undefined,
): CompileConfig | null => {
  const { optimizer, outputs: read, problems } = readCompile(compile, model.outputs);
  if (optimizer === null || problems.length > 0) {
    throw new Error(
      `The model was compiled with what is not valid: ${problems[0]?.message ?? 'no optimizer'}`,
    );
  }
  const layers = model.model.outputs.map(({ layer }) => layer);
  const outputs = style === 'keras_2_h5' && read.length > 1 ? withOutputNames(read, layers) : read;
  const used = outputs.flatMap(({ loss, metrics, weightedMetrics }) =>
    [loss ?? [], metrics, weightedMetrics].flat(),
  );
  if (isKeras2(style) && (!fitsKeras2(optimizer) || ![optimizer, ...used].every(isInKeras2))) return null;
  if (
    style === 'keras_3_h5' &&
    [optimizer, ...used].some(({ class_name }) => UNREADABLE_IN_H5.has(class_name))
  )
    return null;

  const names = outputs.map(({ name }) => name);
  const spread = (values: readonly JsonValue[]): JsonValue => byOutput(values, names, form);
  const metricsOf = (pick: (output: (typeof outputs)[number]) => readonly ResolvedObject[]): JsonValue =>
    outputs.some((output) => pick(output).length > 0)
      ? spread(outputs.map((output) => pick(output).map((metric) => metricJson(metric, style))))
      : null;
  const isWeighted = outputs.some(({ lossWeight }) => lossWeight !== null);
  const json: JsonObject = {
    [style.endsWith('h5') ? 'optimizer_config' : 'optimizer']: optimizerJson(optimizer, learningRate, style),
    loss: spread(outputs.map(({ loss }) => (loss === null ? null : lossJson(loss, style)))),
    loss_weights: isWeighted
      ? byOutput(
          outputs.map(({ lossWeight }) => lossWeight ?? 1),
          names,
          form === 'one' ? 'list' : form,
        )
      : null,
    metrics: metricsOf((output) => output.metrics),
    weighted_metrics: metricsOf((output) => output.weightedMetrics),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
  return { optimizer, json };
};
