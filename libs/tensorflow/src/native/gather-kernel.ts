import * as tf from '@tensorflow/tfjs-core';
import { AttributeKind, nativeBackend, typeAttribute } from './backend.js';

/**
 * Replaces TensorFlow.js's GatherV2 kernel, which reads all indices back to JavaScript to check them. TensorFlow checks
 * them itself (on a CPU; a GPU yields zeros for those out of range), and reading back would keep `tf.gather`, and so
 * every embedding, out of a traced step.
 */
export function replaceGatherKernel(): void {
  tf.unregisterKernel(tf.GatherV2, 'tensorflow');
  tf.registerKernel({ kernelName: tf.GatherV2, backendName: 'tensorflow', kernelFunc: gather });
}

const gather: tf.KernelFunc = ({ inputs, attrs }) => {
  const { x, indices } = inputs as unknown as Record<'x' | 'indices', tf.Tensor>;
  const { axis, batchDims } = attrs as unknown as tf.GatherV2Attrs;
  tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
  const axisTensor = tf.scalar(axis, 'int32');
  const result = nativeBackend().executeSingleOutput(
    'GatherV2',
    [
      { name: 'batch_dims', type: AttributeKind.int, value: batchDims },
      typeAttribute('Tparams', x.dtype),
      typeAttribute('Tindices', indices.dtype),
      typeAttribute('Taxis', 'int32'),
    ],
    [x, indices, axisTensor],
  );
  axisTensor.dispose();
  return result;
};
