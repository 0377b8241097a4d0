import { directionsOf } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, Mask } from '../../layer.js';
import { implement } from '../implement.js';
import { callInner } from '../inner-layer.js';

type MergeMode = 'concat' | 'sum' | 'mul' | 'ave' | null;

function merge(mode: MergeMode, forward: tf.Tensor, backward: tf.Tensor): tf.Tensor[] {
  switch (mode) {
    case 'concat':
      return [tf.concat([forward, backward], -1)];
    case 'sum':
      return [tf.add(forward, backward)];
    case 'ave':
      return [tf.mul(tf.add(forward, backward), 0.5)];
    case 'mul':
      return [tf.mul(forward, backward)];
    case null:
      return [forward, backward];
  }
}

/** The first half of the initial states is that of the forward layer. */
function halves(context: CallContext): [CallContext, CallContext] {
  const states = context.keywordInputs['initial_state'] ?? [];
  const keywordInputs = (half: readonly tf.Tensor[]) => {
    const { initial_state: _all, ...others } = context.keywordInputs;
    return { ...context, keywordInputs: half.length === 0 ? others : { ...others, initial_state: half } };
  };
  const middle = Math.floor(states.length / 2);
  return [keywordInputs(states.slice(0, middle)), keywordInputs(states.slice(middle))];
}

/** keras/src/layers/rnn/bidirectional.py */
const bidirectional = implement('Bidirectional', {
  masks(config, _inputs, masks): Mask[] {
    const mask = config.layer.config['return_sequences'] === true ? (masks[0] ?? null) : null;
    return config.merge_mode === null ? [mask, mask] : [mask];
  },
  call(config, inputs, weights, context) {
    const { forward, backward } = directionsOf(config);
    const [ahead, back] = halves(context);
    const [output, ...states] = callInner('forward_layer', forward, inputs, weights, ahead).outputs;
    const [computed, ...turnedStates] = callInner('backward_layer', backward, inputs, weights, back).outputs;
    const isSequence = forward.config['return_sequences'] === true;
    const turned = isSequence ? tf.reverse(computed!, 1) : computed!;
    return [...merge(config.merge_mode, output!, turned), ...states, ...turnedStates];
  },
});

export const bidirectionalImplementations = [bidirectional];
