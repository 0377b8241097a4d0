import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';

/** The rate at a step, float32, computed with operations only. */
export type Schedule = (step: tf.Tensor) => tf.Tensor;

type CreateSchedule = (config: JsonObject) => Schedule;

const number = (config: JsonObject, key: string): number => config[key] as number;

/** How many times the steps of the decay are over; whole times only for a staircase. */
function progress(config: JsonObject, step: tf.Tensor): tf.Tensor {
  const times = tf.div(step, number(config, 'decay_steps'));
  return config['staircase'] === true ? tf.floor(times) : times;
}

const exponentialDecay: CreateSchedule = (config) => (step) =>
  tf.mul(
    tf.pow(number(config, 'decay_rate'), progress(config, step)),
    number(config, 'initial_learning_rate'),
  );

const inverseTimeDecay: CreateSchedule = (config) => (step) =>
  tf.div(
    number(config, 'initial_learning_rate'),
    tf.add(tf.mul(progress(config, step), number(config, 'decay_rate')), 1),
  );

/** values[i] up to and including boundaries[i]. */
const piecewiseConstantDecay: CreateSchedule = (config) => {
  const boundaries = config['boundaries'] as number[];
  const values = config['values'] as number[];
  return (step) => {
    const passed = tf.sum(tf.cast(tf.greater(step, tf.tensor1d(boundaries)), 'int32'));
    return tf.gather(tf.tensor1d(values), passed as tf.Tensor1D);
  };
};

const polynomialDecay: CreateSchedule = (config) => {
  const steps = number(config, 'decay_steps');
  const end = number(config, 'end_learning_rate');
  const power = number(config, 'power');
  return (step) => {
    // A cycle ends at a whole number of decays, the first one also at step 0.
    const cycles = tf.maximum(tf.ceil(tf.div(step, steps)), 1);
    const done =
      config['cycle'] === true ? tf.div(step, tf.mul(cycles, steps)) : tf.div(tf.minimum(step, steps), steps);
    const left = tf.sub(1, done);
    const raised = power === 1 ? left : tf.pow(left, power);
    return tf.add(tf.mul(raised, number(config, 'initial_learning_rate') - end), end);
  };
};

/** Half a cosine wave from 1 to 0. */
const cosineWave = (fraction: tf.Tensor): tf.Tensor =>
  tf.mul(tf.add(tf.cos(tf.mul(fraction, Math.PI)), 1), 0.5);

const aboveFloor = (share: tf.Tensor, floor: number): tf.Tensor => tf.add(tf.mul(share, 1 - floor), floor);

const cosineDecay: CreateSchedule = (config) => {
  const steps = number(config, 'decay_steps');
  const initial = number(config, 'initial_learning_rate');
  const alpha = number(config, 'alpha');
  const target = config['warmup_target'] as number | null;
  const warmup = number(config, 'warmup_steps');
  const decay = (step: tf.Tensor) => aboveFloor(cosineWave(tf.div(step, steps)), alpha);
  return (now) => {
    if (target === null) return tf.mul(decay(tf.minimum(now, steps)), initial);
    const step = tf.minimum(now, steps + warmup);
    const decayed = tf.mul(decay(tf.sub(step, warmup)), target);
    if (warmup === 0) return decayed;
    const rising = tf.add(tf.mul(tf.div(step, warmup), target - initial), initial);
    return tf.where(tf.less(step, warmup), rising, decayed);
  };
};

const cosineDecayRestarts: CreateSchedule = (config) => {
  const first = number(config, 'first_decay_steps');
  const growth = number(config, 't_mul');
  return (step) => {
    const done = tf.div(step, first);
    const { restarts, fraction } = growth === 1 ? evenPeriods(done) : growingPeriods(done, growth);
    const wave = tf.mul(cosineWave(fraction), tf.pow(number(config, 'm_mul'), restarts));
    return tf.mul(aboveFloor(wave, number(config, 'alpha')), number(config, 'initial_learning_rate'));
  };
};

interface Period {
  readonly restarts: tf.Tensor;
  readonly fraction: tf.Tensor;
}

function evenPeriods(done: tf.Tensor): Period {
  const restarts = tf.floor(done);
  return { restarts, fraction: tf.sub(done, restarts) };
}

/** Each period is `growth` times as long as the one before it. */
function growingPeriods(done: tf.Tensor, growth: number): Period {
  // Keras takes the logarithm of float32 growth.
  const restarts = tf.floor(tf.div(tf.log(tf.sub(1, tf.mul(done, 1 - growth))), tf.log(growth)));
  const length = tf.pow(growth, restarts);
  const before = tf.div(tf.sub(1, length), 1 - growth);
  return { restarts, fraction: tf.div(tf.sub(done, before), length) };
}

const SCHEDULES: Readonly<Record<string, CreateSchedule>> = {
  ExponentialDecay: exponentialDecay,
  InverseTimeDecay: inverseTimeDecay,
  PiecewiseConstantDecay: piecewiseConstantDecay,
  PolynomialDecay: polynomialDecay,
  CosineDecay: cosineDecay,
  CosineDecayRestarts: cosineDecayRestarts,
};

/** A schedule from a resolved class and config. @throws RangeError for a class that is not a schedule */
export function createSchedule(className: string, config: JsonObject): Schedule {
  const create = SCHEDULES[className];
  if (create === undefined) throw new RangeError(`There is no learning rate schedule "${className}"`);
  const schedule = create(config);
  return (step) => schedule(tf.cast(step, 'float32'));
}
