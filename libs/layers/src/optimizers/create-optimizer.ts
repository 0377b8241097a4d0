import type { JsonObject } from '@epochal/contracts';
import type { ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { createConstraint, type Constraint } from '../constraints/index.js';
import { adagrad, adadelta, adafactor, ftrl } from './adaptive-rules.js';
import { adam, adamax, lamb, nadam } from './adam-rules.js';
import { gradientClipping } from './gradient-clipping.js';
import { createSchedule, type Schedule } from './learning-rate.js';
import { lion, rmsprop, sgd } from './momentum-rules.js';
import type { Optimizer, TrainableWeight } from './optimizer.js';
import { createState } from './optimizer-state.js';
import { RuleOptimizer } from './rule-optimizer.js';
import type { CreateRule } from './update-rule.js';

const RULES: Readonly<Record<string, CreateRule>> = {
  SGD: sgd,
  RMSprop: rmsprop,
  Adam: adam,
  AdamW: adam,
  Adamax: adamax,
  Nadam: nadam,
  Lamb: lamb,
  Adagrad: adagrad,
  Adadelta: adadelta,
  Ftrl: ftrl,
  Lion: lion,
  Adafactor: adafactor,
};

/**
 * An optimizer from what `resolveOptimizer` of `@epochal/model-spec` gave, with fresh state.
 * @param weights the trainable weights, in the model's order
 * @throws RangeError for a class that is not an optimizer, which `resolveOptimizer` never gives
 */
export function createOptimizer(
  { class_name, config }: ResolvedObject,
  weights: readonly TrainableWeight[],
): Optimizer {
  const createRule = RULES[class_name];
  if (createRule === undefined) throw new RangeError(`There is no optimizer "${class_name}"`);
  const rule = createRule(config);
  const steps = config['gradient_accumulation_steps'] as number | null;
  const usesAverages = config['use_ema'] === true;
  return new RuleOptimizer({
    className: class_name,
    rule,
    weights,
    constraints: weights.map(constraintOf),
    state: createState(rule, weights, {
      averages: usesAverages ? 'kept' : 'none',
      accumulators: steps === null ? 'none' : 'kept',
    }),
    learningRate: learningRateOf(config),
    clip: gradientClipping(config),
    accumulationSteps: steps,
    lossScale: config['loss_scale_factor'] as number | null,
    weightDecay: config['weight_decay'] as number | null,
    averageMomentum: config['ema_momentum'] as number,
    averageOverwriteFrequency: config['ema_overwrite_frequency'] as number | null,
  });
}

const constraintOf = ({ constraint }: TrainableWeight): Constraint | null =>
  constraint === null || constraint === undefined ? null : createConstraint(constraint);

function learningRateOf(config: JsonObject): tf.Variable | Schedule {
  const rate = config['learning_rate'];
  if (typeof rate === 'number') return tf.tidy(() => tf.variable(tf.scalar(rate), false));
  const { class_name, config: scheduleConfig } = rate as { class_name: string; config: JsonObject };
  return createSchedule(class_name, scheduleConfig);
}
