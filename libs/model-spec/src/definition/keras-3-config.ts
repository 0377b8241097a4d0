import type { JsonObject, JsonValue, ModelDialect } from '@epochal/contracts';
import { isObject } from './json-reading.js';

/** A config with Keras 3's keys, and from which submitted key each one came where that differs. */
export interface ConvertedConfig {
  readonly config: JsonObject;
  readonly submittedKeys: ReadonlyMap<string, string>;
}

interface Conversion {
  /** Keys that Keras 3 does not have and that change nothing, or that are read elsewhere. */
  readonly drop?: readonly string[];
  /** Old key -> Keras 3's. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Defaults of the dialect where they differ from Keras 3's. */
  readonly defaults?: JsonObject;
}

/** Keras 2 writes the options of its base class, which has no kernel here. */
const SEPARABLE: Conversion = { drop: ['kernel_initializer', 'kernel_regularizer', 'kernel_constraint'] };
const RECURRENT: Conversion = { drop: ['implementation', 'num_constants'] };

const KERAS_2: Readonly<Record<string, Conversion>> = {
  InputLayer: { rename: { batch_input_shape: 'batch_shape' } },
  LeakyReLU: { rename: { alpha: 'negative_slope' } },
  BatchNormalization: { drop: ['virtual_batch_size', 'fused', 'adjustment'] },
  LSTM: RECURRENT,
  GRU: RECURRENT,
  SimpleRNN: RECURRENT,
  LSTMCell: RECURRENT,
  GRUCell: RECURRENT,
  SimpleRNNCell: RECURRENT,
  SeparableConv1D: SEPARABLE,
  SeparableConv2D: SEPARABLE,
  MultiHeadAttention: { drop: ['query_shape', 'key_shape', 'value_shape'] },
};

/** TensorFlow.js has no GRU with reset_after, and starts the forget gate's bias at one only when it is told to. */
const TENSORFLOW_JS: Readonly<Record<string, Conversion>> = {
  GRU: { defaults: { reset_after: false } },
  GRUCell: { defaults: { reset_after: false } },
  LSTM: { defaults: { unit_forget_bias: false } },
  LSTMCell: { defaults: { unit_forget_bias: false } },
};

/** Options that older Kerases write at the one value that Keras 3 can do. At another value they stay, and are refused. */
const INERT: Readonly<Record<string, JsonValue>> = {
  time_major: false,
  softmax_robust_masking: false,
  renorm: false,
  groups: 1,
  ragged: false,
  sparse: false,
};
const ALWAYS_DROPPED = ['batch_input_shape', 'input_shape', 'input_dtype', 'rng_type', 'force_generator'];

/** A serialised object within a config, without what Keras adds to find its Python class. */
const plainObject = (value: JsonObject, dialect: ModelDialect): JsonObject => {
  const { class_name: className, config } = value;
  if (typeof className !== 'string') return value;
  const name = className === 'Model' ? 'Functional' : className;
  if (!isObject(config)) return { class_name: name, config: config ?? null };
  return { class_name: name, config: convertConfig(name, config, dialect).config };
};

const plainValue = (value: JsonValue, dialect: ModelDialect): JsonValue => {
  if (Array.isArray(value)) return value.map((item) => plainValue(item, dialect));
  if (!isObject(value)) return value;
  if (value.class_name === '__tuple__' && Array.isArray(value.items)) return plainValue(value.items, dialect);
  // A plain function, such as an activation, is written with its name as its config.
  if (value.class_name === 'function' && typeof value.config === 'string') return value.config;
  return 'class_name' in value ? plainObject(value, dialect) : value;
};

const ACTIVATION_KEYS: ReadonlySet<string> = new Set(['activation', 'recurrent_activation']);

/** Keras 3 gave the name hard_sigmoid to another function. */
const keras2Activation = (key: string, value: JsonValue): JsonValue =>
  ACTIVATION_KEYS.has(key) && value === 'hard_sigmoid' ? 'keras_2_hard_sigmoid' : value;

const isSame = (a: JsonValue | undefined, b: JsonValue): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Writes a layer's config, of any dialect, with Keras 3's keys. Values are not checked: the layer's schema does that. */
export function convertConfig(className: string, config: JsonObject, dialect: ModelDialect): ConvertedConfig {
  const submittedKeys = new Map<string, string>();
  const older = dialect === 'keras_3' ? {} : (KERAS_2[className] ?? {});
  const converted: JsonObject = dialect === 'tensorflow_js' ? { ...TENSORFLOW_JS[className]?.defaults } : {};
  for (const [key, value] of Object.entries(config)) {
    if (dialect !== 'keras_3') {
      // TensorFlow.js writes null for an option that was not given.
      if (dialect === 'tensorflow_js' && value === null) continue;
      if (older.drop?.includes(key) || (key in INERT && isSame(INERT[key], value))) continue;
      if (!older.rename?.[key] && ALWAYS_DROPPED.includes(key)) continue;
    }
    const name = older.rename?.[key] ?? key;
    if (name !== key) submittedKeys.set(name, key);
    const plain = plainValue(value, dialect);
    converted[name] = dialect === 'keras_3' ? plain : keras2Activation(key, plain);
  }
  // Keras 2 gives the one axis of a batch normalization as a list, counted from the front.
  if (className === 'BatchNormalization' && Array.isArray(converted.axis) && converted.axis.length === 1) {
    converted.axis = converted.axis[0]!;
  }
  return { config: converted, submittedKeys };
}
