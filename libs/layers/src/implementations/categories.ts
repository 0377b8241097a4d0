import { AttributeKind, typeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
import { nativeOperation } from '../ops/native.js';
import { implement, only } from './implement.js';

type EncodingMode = 'int' | 'one_hot' | 'multi_hot' | 'count';

/** keras/src/utils/numerical_utils.py, encode_categorical_inputs. Numbers that are no class encode to nothing. */
function encode(indices: tf.Tensor, mode: EncodingMode, depth: number): tf.Tensor {
  if (mode === 'int') return indices;
  if (mode === 'one_hot') {
    const isColumn = indices.rank > 1 && indices.shape.at(-1) === 1;
    return oneHot(isColumn ? tf.squeeze(indices, [-1]) : indices, depth);
  }
  const each = oneHot(indices, depth);
  return mode === 'multi_hot' ? tf.max(each, 1) : tf.sum(each, 1);
}

const oneHot = (indices: tf.Tensor, depth: number): tf.Tensor =>
  tf.oneHot(indices as tf.Tensor1D, depth, 1, 0, 'float32');

const integers = (x: tf.Tensor): tf.Tensor => (x.dtype === 'int32' ? x : tf.cast(x, 'int32'));

/** The number of the bin that each number falls in; a boundary belongs to the bin above it. */
const discretization = implement('Discretization', {
  call({ bin_boundaries, output_mode }, inputs) {
    const indices = constant(() => {
      const passed = tf.greaterEqual(tf.expandDims(only(inputs), -1), tf.tensor1d(bin_boundaries));
      return tf.sum(tf.cast(passed, 'int32'), -1);
    });
    return encode(indices, output_mode, bin_boundaries.length + 1);
  },
});

const categoryEncoding = implement('CategoryEncoding', {
  call({ num_tokens, output_mode }, inputs, _weights, { keywordInputs }) {
    const indices = integers(only(inputs));
    const weights = keywordInputs['count_weights']?.[0];
    if (weights === undefined || output_mode !== 'count') return encode(indices, output_mode, num_tokens);
    return tf.sum(tf.mul(oneHot(indices, num_tokens), tf.expandDims(weights, -1)), 1);
  },
});

/** Places in a vocabulary. Numbers that are not in it share the first places. */
const integerLookup = implement('IntegerLookup', {
  call({ vocabulary, num_oov_indices, mask_token, output_mode }, inputs) {
    const values = integers(only(inputs));
    const masks = mask_token !== null && output_mode === 'int' ? 1 : 0;
    const first = masks + num_oov_indices;
    const matches = tf.equal(tf.expandDims(values, -1), tf.tensor1d([...vocabulary], 'int32'));
    const places = tf.add(tf.argMax(tf.cast(matches, 'int32'), -1), tf.scalar(first, 'int32'));
    const oov = tf.add(
      tf.mod(values, tf.scalar(Math.max(num_oov_indices, 1), 'int32')),
      tf.scalar(masks, 'int32'),
    );
    const unknown = num_oov_indices === 0 ? tf.fill(oov.shape, -1, 'int32') : oov;
    const found = tf.where(tf.any(matches, -1), places, unknown);
    const indices = masks === 0 ? found : tf.where(tf.equal(values, mask_token!), tf.zerosLike(found), found);
    return encode(indices, output_mode, first + vocabulary.length);
  },
});

/** keras/src/layers/preprocessing/hashing.py: FarmHash64 of the number's digits. */
const hashing = implement('Hashing', {
  call({ num_bins, mask_value, output_mode }, inputs) {
    const values = integers(only(inputs));
    const bins = mask_value !== null && num_bins > 1 ? num_bins - 1 : num_bins;
    const digits = nativeOperation('AsString', [values], [typeAttribute('T', 'int32')]);
    const buckets = nativeOperation(
      'StringToHashBucketFast',
      [digits],
      [{ name: 'num_buckets', type: AttributeKind.int, value: bins }],
    );
    const hashed = nativeOperation(
      'Cast',
      [buckets],
      [typeAttribute('SrcT', 'int64'), typeAttribute('DstT', 'int32')],
    );
    if (mask_value === null || num_bins === 1) return encode(hashed, output_mode, num_bins);
    const shifted = tf.add(hashed, tf.scalar(1, 'int32'));
    const isMasked = tf.equal(values, tf.scalar(mask_value, 'int32'));
    return encode(tf.where(isMasked, tf.zerosLike(shifted), shifted), output_mode, num_bins);
  },
});

export const categoryImplementations = [discretization, categoryEncoding, integerLookup, hashing];
