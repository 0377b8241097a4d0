import * as tf from '@tensorflow/tfjs-core';
import type { StepFunction } from '../program/contract.js';

export interface OperationCase {
  readonly name: string;
  readonly inputs: readonly tf.Tensor[];
  readonly step: StepFunction;
}

/** Numbers between -1 and 1 with no pattern, the same each time. */
function numbers(...shape: number[]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => Math.sin(index * 12.9898 + size) * 0.9),
    shape,
  );
}

const integers = (shape: number[], below: number) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Int32Array.from({ length: size }, (_, index) => (index * 7 + 3) % below),
    shape,
    'int32',
  );
};

function gradients(loss: (...inputs: tf.Tensor[]) => tf.Tensor): StepFunction {
  return (inputs) => {
    const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => tf.sum(loss(...given)))([...inputs]);
    return [value, ...grads];
  };
}

const forward =
  (compute: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[]): StepFunction =>
  (inputs) =>
    [compute(...inputs)].flat();

const as4d = (tensor: tf.Tensor | undefined) => tensor as tf.Tensor4D;
const as2d = (tensor: tf.Tensor | undefined) => tensor as tf.Tensor2D;
const as1d = (tensor: tf.Tensor | undefined) => tensor as tf.Tensor1D;

/** Steps that between them use the kernels of common layers, losses and metrics, most with their gradients. */
export function operationCases(): OperationCase[] {
  const image = numbers(5, 9, 9, 3);
  return [
    {
      name: 'convolution, bias, relu, pooling',
      inputs: [image, numbers(3, 3, 3, 8), numbers(8)],
      step: gradients((x, kernel, bias) => {
        const layer = tf.relu(tf.add(tf.conv2d(as4d(x), as4d(kernel), 1, 'same'), bias!));
        return tf.square(tf.maxPool(as4d(layer), 2, 2, 'valid'));
      }),
    },
    {
      name: 'strided and dilated convolutions',
      inputs: [image, numbers(3, 3, 3, 4)],
      step: forward((x, kernel) => [
        tf.conv2d(as4d(x), as4d(kernel), 2, 'valid'),
        tf.conv2d(as4d(x), as4d(kernel), 1, 'same', 'NHWC', 2),
        tf.conv2dTranspose(as4d(x), as4d(numbers(3, 3, 4, 3)), [5, 18, 18, 4], 2, 'same'),
      ]),
    },
    {
      name: 'depthwise convolution and average pooling',
      inputs: [image, numbers(3, 3, 3, 2)],
      step: gradients((x, kernel) =>
        tf.square(tf.avgPool(as4d(tf.depthwiseConv2d(as4d(x), as4d(kernel), 1, 'same')), 3, 2, 'same')),
      ),
    },
    {
      name: 'batch normalisation in training',
      inputs: [image, numbers(3), numbers(3)],
      step: gradients((x, scale, offset) => {
        const { mean, variance } = tf.moments(x!, [0, 1, 2]);
        return tf.square(tf.batchNorm(x!, as1d(mean), as1d(variance), as1d(offset), as1d(scale), 1e-3));
      }),
    },
    {
      name: 'embedding and softmax cross entropy',
      inputs: [numbers(20, 6), numbers(6, 4)],
      step: gradients((table, kernel) => {
        const embedded = tf.mean(tf.gather(table!, integers([7, 5], 20)), 1);
        const logits = tf.matMul(as2d(embedded), as2d(kernel));
        return tf.neg(tf.mul(tf.logSoftmax(logits), tf.oneHot(as1d(integers([7], 4)), 4)));
      }),
    },
    {
      name: 'recurrence over time',
      inputs: [numbers(4, 6, 3), numbers(3, 8), numbers(2, 8)],
      step: gradients((x, kernel, recurrent) => {
        let state: tf.Tensor = tf.zeros([4, 2]);
        let cell: tf.Tensor = tf.zeros([4, 2]);
        for (const slice of tf.unstack(x!, 1)) {
          const gates = tf.add(tf.matMul(as2d(slice), as2d(kernel)), tf.matMul(as2d(state), as2d(recurrent)));
          const [input, forget, candidate, output] = tf.split(gates, 4, 1) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ];
          cell = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
          state = tf.mul(tf.sigmoid(output), tf.tanh(cell));
        }
        return tf.square(state);
      }),
    },
    {
      name: 'attention',
      inputs: [numbers(2, 4, 5, 8), numbers(2, 4, 5, 8)],
      step: gradients((query, key) => {
        const scores = tf.div(tf.matMul(query!, key!, false, true), Math.sqrt(8));
        return tf.square(tf.matMul(tf.softmax(scores), key!));
      }),
    },
    {
      name: 'matrix products and sums large enough to be split among threads',
      inputs: [numbers(301, 700), numbers(700, 65)],
      step: gradients((a, b) => tf.square(tf.mean(tf.matMul(as2d(a), as2d(b)), 0))),
    },
    {
      name: 'activations',
      inputs: [numbers(64)],
      step: gradients((x) =>
        tf.addN([
          tf.elu(x!),
          tf.selu(x!),
          tf.softplus(x!),
          tf.leakyRelu(x!, 0.3),
          tf.relu6(x!),
          tf.erf(x!),
          tf.mul(x!, tf.sigmoid(x!)),
          tf.exp(x!),
          tf.log1p(tf.abs(x!)),
        ]),
      ),
    },
    {
      name: 'divisions and factors that an optimizer of graphs would rewrite',
      inputs: [numbers(31), numbers(31)],
      step: forward((x, y) => [
        tf.div(x!, 3),
        tf.div(x!, tf.sqrt(tf.abs(y!))),
        tf.add(tf.mul(x!, 0.1), tf.mul(x!, 0.7)),
        tf.mul(tf.mul(tf.mul(x!, 0.1), 0.3), 0.7),
        tf.add(tf.add(tf.add(x!, 1e-3), y!), 1e-5),
        tf.sub(tf.square(tf.sub(x!, y!)), tf.pow(x!, 3)),
        tf.mean(tf.mul(x!, 1 / 3)),
      ]),
    },
    {
      name: 'shapes and slices',
      inputs: [numbers(4, 6, 2)],
      step: gradients((x) => {
        const padded = tf.pad(x!, [
          [1, 1],
          [0, 2],
          [0, 0],
        ]);
        const sliced = tf.slice(tf.transpose(padded, [1, 0, 2]), [2, 1, 0], [4, 4, 2]);
        const joined = tf.concat(
          [sliced, tf.reverse(sliced, 1), tf.tile(tf.slice(sliced, [0, 0, 0], [4, 2, 2]), [1, 2, 1])],
          1,
        );
        return tf.square(tf.cumsum(tf.expandDims(tf.squeeze(joined)), 3));
      }),
    },
    {
      name: 'integers, truth values and choices',
      inputs: [numbers(6, 9), integers([6], 9)],
      step: forward((x, labels) => {
        const { values, indices } = tf.topk(x!, 3);
        const right = tf.equal(tf.argMax(x!, 1), labels!);
        return [
          values,
          indices,
          tf.where(tf.logicalAnd(tf.greater(x!, 0), tf.less(x!, 0.5)), x!, tf.neg(x!)),
          right,
          tf.logicalNot(tf.any(right)),
          tf.sum(tf.cast(right, 'int32')),
          tf.add(tf.mul(labels!, tf.scalar(3, 'int32')), tf.scalar(1, 'int32')),
          tf.floorDiv(labels!, tf.scalar(2, 'int32')),
          tf.clipByValue(x!, -0.2, 0.2),
          tf.stridedSlice(x!, [0, 8], [6, 1], [2, -3]),
        ];
      }),
    },
    {
      name: 'images',
      inputs: [image],
      step: gradients((x) =>
        tf.square(tf.image.resizeBilinear(as4d(tf.image.resizeNearestNeighbor(as4d(x), [12, 12])), [7, 7])),
      ),
    },
    {
      name: 'scattering, sums by index, Fourier transforms',
      inputs: [numbers(4, 8)],
      step: forward((x) => {
        const spectrum = tf.spectral.rfft(x!);
        return [
          tf.real(spectrum),
          tf.imag(spectrum),
          tf.einsum('ij,kj->ki', x!, x!),
          tf.scatterND(integers([4, 1], 9), x!, [9, 8]),
          tf.unsortedSegmentSum(x!, as1d(integers([4], 3)), 3),
        ];
      }),
    },
  ];
}
