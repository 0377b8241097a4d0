import * as tf from '@tensorflow/tfjs-core';
import { nativeBackend, typeAttribute } from './backend.js';

/**
 * Replaces TensorFlow.js's Cast kernel, which runs an operation also where the type stays the same. Its gradients and
 * reductions cast all that they take, so that in any step a good part of the operations would do nothing.
 */
export function replaceCastKernel(): void {
  tf.unregisterKernel(tf.Cast, 'tensorflow');
  tf.registerKernel({ kernelName: tf.Cast, backendName: 'tensorflow', kernelFunc: cast });
}

const cast: tf.KernelFunc = ({ inputs, attrs }) => {
  const { x } = inputs as unknown as Record<'x', tf.Tensor>;
  const { dtype } = attrs as unknown as tf.CastAttrs;
  const backend = nativeBackend();
  if (x.dtype === dtype) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  }
  return backend.executeSingleOutput(
    'Cast',
    [typeAttribute('SrcT', x.dtype), typeAttribute('DstT', dtype)],
    [x],
  );
};
