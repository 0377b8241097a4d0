import * as tf from '@tensorflow/tfjs-core';
import { einsum } from '../../ops/einsum.js';
import { implement } from '../implement.js';
import { sharesOf } from './attend.js';
import { attendedOf, Projections, visibleSteps } from './projected-attention.js';

/** keras/src/layers/attention/grouped_query_attention.py: several heads of the query share one of the key and value. */
export const groupQueryAttention = implement('GroupQueryAttention', {
  masks: (_config, _inputs, masks) => [masks[0] ?? null],
  call(config, inputs, weights, context) {
    const given = attendedOf(inputs);
    const queryMask = context.keywordInputs['query_mask']?.[0] ?? context.masks[0] ?? null;
    const visible = visibleSteps(given, queryMask, config, context);
    const projections = new Projections(config, weights, context);
    const gate = projections.gate(given.query);
    const { num_query_heads: heads, num_key_value_heads: shared } = config;
    const query = tf.mul(projections.apply('_query_dense', given.query), config.head_dim ** -0.5);
    const key = projections.apply('_key_dense', given.key);
    const value = projections.apply('_value_dense', given.value);
    const [batch = 1, length = 1, , size = 1] = query.shape;
    // Heads that share a key lie side by side: they are one more axis of the query, and the key is not repeated.
    const grouped = tf.reshape(query, [batch, length, shared, heads / shared, size]);
    const products = einsum('bqugh,bkuh->bugqk', grouped, key);
    const steps = value.shape[1] ?? 1;
    const wantsScores = context.keywordArguments['return_attention_scores'] === true;
    const { scores, dropped } = sharesOf(
      tf.reshape(products, [batch, heads, length, steps]),
      visible,
      {
        attendedAxes: 1,
        rate: config.dropout,
        way: config.dropout > 0 || wantsScores ? 'stepwise' : 'fused',
      },
      context,
    );
    const byGroup = tf.reshape(dropped, [batch, shared, heads / shared, length, steps]);
    const combined = tf.reshape(einsum('bugqk,bkuh->bqugh', byGroup, value), query.shape);
    const output = projections.output('_output_dense', gate === null ? combined : tf.mul(combined, gate));
    return wantsScores ? [output, scores] : [output];
  },
});
