import type { ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, Mask } from '../../layer.js';
import { implement, only, type Weights } from '../implement.js';
import { contextBelow, weightsBelow } from '../inner-layer.js';
import { implementationOf } from '../registry.js';
import { unstack } from '../../ops/unstack.js';

const AT = 'layer';

/** Whether what a layer makes of one sample depends on the others of the batch, so that steps cannot be told apart in one batch. */
function looksAcrossSamples({ class_name, config }: ResolvedObject): boolean {
  if (class_name === 'BatchNormalization') return config['trainable'] !== false;
  const inner = config['layer'] as ResolvedObject | undefined;
  return inner !== undefined && looksAcrossSamples(inner);
}

/** The inner layer's `call` alone: Keras leaves out what its `__call__` adds, such as the penalty of an activity regularizer. */
function callStep(layer: ResolvedObject, x: tf.Tensor, weights: Weights, context: CallContext): tf.Tensor {
  const implementation = implementationOf(layer.class_name);
  const inner = { ...contextBelow(context, AT), addLoss: () => undefined, keywordInputs: {} };
  return only(implementation.call(layer.config, [x], weights, inner));
}

/** Steps become samples, which makes one call of all of them. */
function callTogether(
  layer: ResolvedObject,
  x: tf.Tensor,
  weights: Weights,
  context: CallContext,
): tf.Tensor {
  const [batch = 1, time = 1, ...rest] = x.shape;
  const mask = context.masks[0] ?? null;
  // A mask of steps says nothing about the inside of one.
  const inside: Mask = mask === null || mask.rank < 3 ? null : tf.reshape(mask, [-1, ...mask.shape.slice(2)]);
  const output = callStep(layer, tf.reshape(x, [batch * time, ...rest]), weights, {
    ...context,
    masks: [inside],
  });
  return tf.reshape(output, [batch, time, ...output.shape.slice(1)]);
}

/** Step after step; each sees what the one before changed. */
function callInTurn(layer: ResolvedObject, x: tf.Tensor, weights: Weights, context: CallContext): tf.Tensor {
  const current: Record<string, tf.Tensor> = { ...weights };
  const mask = context.masks[0] ?? null;
  const masks = mask === null ? [] : unstack(mask, 1);
  const outputs = unstack(x, 1).map((step, index) =>
    callStep(
      layer,
      step,
      { ...current },
      {
        ...context,
        masks: [masks[index] ?? null],
        updateWeight(path, value) {
          current[path.slice(AT.length + 1)] = value;
          context.updateWeight(path, value);
        },
      },
    ),
  );
  return tf.stack(outputs, 1);
}

/** keras/src/layers/rnn/time_distributed.py */
const timeDistributed = implement('TimeDistributed', {
  masks: 'kept',
  call({ layer }, inputs, weights, context) {
    const call = context.training && looksAcrossSamples(layer) ? callInTurn : callTogether;
    return call(layer, only(inputs), weightsBelow(weights, AT), context);
  },
});

export const timeDistributedImplementations = [timeDistributed];
