import * as tf from '@tensorflow/tfjs-core';
import { softmax } from '../../activations/softmax.js';
import type { CallContext, LayerImplementation, Mask } from '../../layer.js';
import { float, tanh } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { fillUnless } from '../../ops/select.js';
import { implement, weightOf } from '../implement.js';
import { dropout } from '../regularization.js';
import { causalMask, ofQuery, ofValue, together } from './attention-masks.js';
import { attendedOf, type Attended } from './projected-attention.js';

/** keras/src/layers/attention/attention.py, all but how query and key make scores. */
function attend(
  products: tf.Tensor,
  { query, value }: Attended,
  rate: number,
  context: CallContext,
): tf.Tensor[] {
  const { training, random, keywordArguments } = context;
  const [queryMask = null, valueMask = null] = context.masks;
  const lengths = { query: query.shape.at(-2) ?? 1, value: value.shape.at(-2) ?? 1 };
  const isCausal = keywordArguments['use_causal_mask'] === true;
  const visible = together([ofValue(valueMask), isCausal ? causalMask(lengths) : null]);
  const shares = softmax(visible === null ? products : lowered(products, visible), -1);
  const weights = training && rate > 0 ? dropout(shares, rate, shares.shape, random) : shares;
  const attended = tf.matMul(weights, value);
  const counted = ofQuery(queryMask);
  const output = counted === null ? attended : fillUnless(counted, attended, 0);
  return keywordArguments['return_attention_scores'] === true ? [output, weights] : [output];
}

/** Keras lowers what is not seen instead of replacing it: where nothing is seen, the products count still. */
const lowered = (products: tf.Tensor, visible: tf.Tensor): tf.Tensor =>
  tf.add(products, tf.mul(float(tf.logicalNot(visible)), -1e9));

/** Sums of each step of the query with each of the key: [batch, query, key, features]. */
const pairs = ({ query, key }: Attended): tf.Tensor =>
  tf.add(tf.expandDims(query, -2), tf.expandDims(key, -3));

const queryMask = (_config: unknown, _inputs: unknown, masks: readonly Mask[]): Mask[] => [masks[0] ?? null];

const attention = implement('Attention', {
  masks: queryMask,
  call(config, inputs, weights, context) {
    const given = attendedOf(inputs);
    const scaled = (x: tf.Tensor) => (config.use_scale ? tf.mul(x, weightOf(weights, 'scale')) : x);
    const products =
      config.score_mode === 'dot'
        ? scaled(tf.matMul(given.query, given.key, false, true))
        : tf.mul(sum(tanh(scaled(pairs(given))), -1), weightOf(weights, 'concat_score_weight'));
    return attend(products, given, config.dropout, context);
  },
});

/** keras/src/layers/attention/additive_attention.py */
const additiveAttention = implement('AdditiveAttention', {
  masks: queryMask,
  call({ use_scale, dropout: rate }, inputs, weights, context) {
    const given = attendedOf(inputs);
    const activated = tanh(pairs(given));
    const products = sum(use_scale ? tf.mul(activated, weightOf(weights, 'scale')) : activated, -1);
    return attend(products, given, rate, context);
  },
});

export const simpleAttentionImplementations: readonly LayerImplementation[] = [attention, additiveAttention];
