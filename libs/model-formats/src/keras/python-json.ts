import type { JsonObject, JsonValue } from '@epochal/contracts';

/** Options of optimizers and schedules that Python has as whole numbers. */
const WHOLE: ReadonlySet<string> = new Set([
  'boundaries',
  'decay_steps',
  'ema_overwrite_frequency',
  'first_decay_steps',
  'gradient_accumulation_steps',
  'warmup_steps',
]);
const OPTIMIZER_KEYS: ReadonlySet<string> = new Set(['optimizer', 'optimizer_config']);

const write = (value: JsonValue, numbers: 'as they are' | 'as floats'): string => {
  if (Array.isArray(value)) return `[${value.map((item) => write(item, numbers)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, item]) => {
      const inside = OPTIMIZER_KEYS.has(key) ? 'as floats' : WHOLE.has(key) ? 'as they are' : numbers;
      return `${JSON.stringify(key)}: ${write(item, inside)}`;
    });
    return `{${members.join(', ')}}`;
  }
  if (typeof value === 'number' && numbers === 'as floats' && Number.isInteger(value)) {
    return Number.isSafeInteger(value) ? `${value}.0` : JSON.stringify(value);
  }
  return JSON.stringify(value);
};

/**
 * JSON of the arguments of `Model.compile`, for Python: an optimizer's numbers are written with a point, because Keras refuses a whole
 * number where it wants a float, and JavaScript knows no difference.
 */
export const compileJson = (config: JsonObject): string => write(config, 'as they are');
