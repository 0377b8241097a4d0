import * as tf from '@tensorflow/tfjs-core';
import { attentionAxes } from '@epochal/model-spec';
import { einsum } from '../../ops/einsum.js';
import { implement } from '../implement.js';
import { sharesOf } from './attend.js';
import { attendedOf, Projections, visibleSteps } from './projected-attention.js';

interface Equations {
  /** Of key and query. */
  readonly scores: string;
  /** Of scores and value. */
  readonly combine: string;
}

/** keras/src/layers/attention/multi_head_attention.py, _build_attention_equation. @param rank with the axis of the heads */
function equationsOf(rank: number, axes: readonly number[]): Equations {
  const labels = 'abcdefghijklmnopqrstuvwxyz';
  const query = [...Array(rank).keys()].map((axis) => labels.charAt(axis));
  const value = query.map((label, axis) =>
    axes.includes(axis) ? labels.charAt(rank + axes.toSorted((a, b) => a - b).indexOf(axis)) : label,
  );
  const batch = query.filter((_label, axis) => axis !== rank - 1 && !axes.includes(axis));
  const scores = [...batch, ...axes.map((axis) => query[axis]), ...axes.map((axis) => value[axis])].join('');
  return {
    scores: `${value.join('')},${query.join('')}->${scores}`,
    combine: `${scores},${value.join('')}->${query.join('')}`,
  };
}

/** keras/src/layers/attention/multi_head_attention.py */
export const multiHeadAttention = implement('MultiHeadAttention', {
  activityPenalty: 'added by the layer',
  masks: (_config, _inputs, masks) => [masks[0] ?? null],
  call(config, inputs, weights, context) {
    const given = attendedOf(inputs);
    const axes = attentionAxes(config.attention_axes, given.value.rank);
    // Keras looks at the mask that the query carries only, and not at query_mask.
    const visible = visibleSteps(given, context.masks[0] ?? null, config, context);
    const projections = new Projections(config, weights, context);
    const gate = projections.gate(given.query);
    const query = tf.mul(projections.apply('query_dense', given.query), config.key_dim ** -0.5);
    const key = projections.apply('key_dense', given.key);
    const value = projections.apply('value_dense', given.value);
    const wantsScores = context.keywordArguments['return_attention_scores'] === true;
    const equations = equationsOf(query.rank, axes);
    const { scores, dropped } = sharesOf(
      einsum(equations.scores, key, query),
      visible,
      {
        attendedAxes: axes.length,
        rate: config.dropout,
        way: config.dropout > 0 || wantsScores || query.rank !== 4 ? 'stepwise' : 'fused',
      },
      context,
    );
    const heads = einsum(equations.combine, dropped, value);
    const output = projections.output('output_dense', gate === null ? heads : tf.mul(heads, gate));
    return wantsScores ? [output, scores] : [output];
  },
});
