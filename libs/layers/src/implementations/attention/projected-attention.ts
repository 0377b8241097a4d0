import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, Mask } from '../../layer.js';
import { einsum } from '../../ops/einsum.js';
import { sigmoid } from '../../ops/elementwise.js';
import { weightOf, type Weights } from '../implement.js';
import { addActivityPenalty } from '../regularization.js';
import { causalMask, ofQuery, ofValue, slidingWindowMask, together } from './attention-masks.js';

/** Config keys that both attention layers with projections have. */
export interface ProjectedConfig {
  readonly dropout: number;
  readonly sliding_window: number | null;
  readonly use_gate: boolean;
  readonly activity_regularizer: Parameters<typeof addActivityPenalty>[0] | null;
}

export interface Attended {
  readonly query: tf.Tensor;
  readonly value: tf.Tensor;
  readonly key: tf.Tensor;
}

/** The linear maps of an attention layer, each with the penalty of the activity regularizer, as an EinsumDense in Keras has it. */
export class Projections {
  constructor(
    private readonly config: ProjectedConfig,
    private readonly weights: Weights,
    private readonly context: CallContext,
  ) {}

  /** Maps the last axis. @param at where Keras keeps the projection */
  apply(at: string, x: tf.Tensor): tf.Tensor {
    return this.#penalized(this.#map(at, x, 1));
  }

  /** Factors between 0 and 1 of what heads give; null when there is no gate. */
  gate(query: tf.Tensor): tf.Tensor | null {
    return this.config.use_gate ? this.#penalized(sigmoid(this.#map('_gate_dense', query, 1))) : null;
  }

  /** Maps heads and their features, the last two axes, to the output. */
  output(at: string, heads: tf.Tensor): tf.Tensor {
    return this.#penalized(this.#map(at, heads, 2));
  }

  #map(at: string, x: tf.Tensor, summed: 1 | 2): tf.Tensor {
    const kernel = weightOf(this.weights, `${at}/kernel`);
    const labels = 'abcdefghijklmnopqrstuvwxyz';
    const free = labels.slice(0, x.rank - summed);
    const bound = labels.slice(x.rank - summed, x.rank);
    const made = labels.slice(x.rank, x.rank + kernel.rank - summed);
    const product = einsum(`${free}${bound},${bound}${made}->${free}${made}`, x, kernel);
    const bias = this.weights[`${at}/bias`];
    return bias === undefined ? product : tf.add(product, bias);
  }

  #penalized(output: tf.Tensor): tf.Tensor {
    const { activity_regularizer: regularizer } = this.config;
    if (regularizer !== null) addActivityPenalty(regularizer, output, this.context);
    return output;
  }
}

/** Query and value, or query, value and key. */
export function attendedOf([query, value, key = value]: readonly tf.Tensor[]): Attended {
  return { query: query!, value: value!, key: key! };
}

/**
 * Which steps of the value each step of the query sees, bool of rank 3 (or that of attention_mask); null for all.
 * @param queryMask of the query's steps, where Keras takes it from
 */
export function visibleSteps(
  { query, value }: Attended,
  queryMask: Mask,
  config: ProjectedConfig,
  { keywordInputs, keywordArguments, masks }: CallContext,
): Mask {
  const byKeyword = (name: string): Mask => keywordInputs[name]?.[0] ?? null;
  const lengths = { query: query.shape[1] ?? 1, value: value.shape[1] ?? 1 };
  return together([
    byKeyword('attention_mask'),
    ofQuery(queryMask),
    ofValue(byKeyword('value_mask') ?? masks[1] ?? null),
    ofValue(byKeyword('key_mask') ?? masks[2] ?? null),
    keywordArguments['use_causal_mask'] === true ? causalMask(lengths) : null,
    config.sliding_window === null ? null : slidingWindowMask(lengths, config.sliding_window),
  ]);
}
