import type { ProblemList } from './problem-list.js';
import type { WrittenLayer } from './written-call.js';

/** Layers that do what an operation does. */
const LAYER_FOR: Readonly<Record<string, string>> = {
  Add: 'Add (or Rescaling with an offset, for a constant)',
  Subtract: 'Subtract (or Rescaling with an offset, for a constant)',
  Multiply: 'Multiply (or Rescaling, for a constant)',
  Divide: 'Rescaling (for a constant)',
  TrueDivide: 'Rescaling (for a constant)',
  Maximum: 'Maximum',
  Minimum: 'Minimum',
  Concatenate: 'Concatenate',
  Reshape: 'Reshape',
  Transpose: 'Permute',
  Relu: 'ReLU',
  Sigmoid: 'Activation',
  Tanh: 'Activation',
  Softmax: 'Softmax',
};

const OPERATION_MODULE = /(^|\.)ops(\.|$)/;
const KERAS_2_OPERATIONS: ReadonlySet<string> = new Set([
  'TFOpLambda',
  'SlicingOpLambda',
  'TensorFlowOpLayer',
]);

/** Operations that no layer is named like, by which Keras 3 makes masks. */
const MASK_OPERATIONS: ReadonlySet<string> = new Set([
  'All',
  'Any',
  'BroadcastTo',
  'Cast',
  'Equal',
  'ExpandDims',
  'GetItem',
  'LogicalAnd',
  'LogicalNot',
  'LogicalOr',
  'NotEqual',
  'OnesLike',
  'Repeat',
  'Squeeze',
  'Stack',
]);

/** Whether an entry of `layers` is a call of `keras.ops`, or an operator such as `x + y`. */
export const isOperation = (module: unknown, className: string): boolean =>
  KERAS_2_OPERATIONS.has(className) ||
  // Keras 3 leaves the modules out of the config of an .h5 file.
  (typeof module === 'string' ? OPERATION_MODULE.test(module) : MASK_OPERATIONS.has(className));

/** Records a problem for each operation between the layers: only layers can be run. */
export const refuseOperations = (layers: readonly WrittenLayer[], problems: ProblemList): void => {
  for (const { name, className, isOperation: refused, path } of layers) {
    if (!refused) continue;
    const layer = LAYER_FOR[className];
    problems.add(
      path,
      `${className} (${name}) computes on tensors outside of layers (an operator such as x + y or x[:, 0], or keras.ops), ` +
        'which is not supported yet. Use a layer instead',
      { layer: name, received: className, ...(layer === undefined ? {} : { expected: layer }) },
    );
  }
};
