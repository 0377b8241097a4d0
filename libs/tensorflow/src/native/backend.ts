import * as tf from '@tensorflow/tfjs-core';
import { TensorFlowUnavailableError } from '../errors.js';

/** TensorFlow's numbers for the element types that TensorFlow.js knows (tensorflow/core/framework/types.proto). */
export const DataTypeNumber = {
  float32: 1,
  int32: 3,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  resource: 20,
  variant: 21,
} as const;

/** The kinds of an operation's attribute, as the binding numbers them (TF_AttrType in tensorflow/c/tf_attrtype.h). */
export const AttributeKind = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[] | readonly boolean[];
}

export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** Values as the binding takes them: one typed array, or the bytes of each string. */
export type NativeValues = Float32Array | Int32Array | Uint8Array | readonly Uint8Array[];

/** The part of TensorFlow.js's C++ binding that is used here. */
export interface NativeBinding {
  createTensor(shape: readonly number[], dtype: number, values: NativeValues): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];
  executeOp(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_Version: string;
}

interface TensorRecord {
  readonly shape: number[];
  readonly dtype: number;
  readonly id: number;
  /** Not null while the values are still JavaScript's: the native tensor is made at its first use. */
  readonly values: NativeValues | null;
}

/** The part of TensorFlow.js's Node backend that is used here. */
export interface NativeBackend extends tf.KernelBackend {
  /** Replaceable: every kernel reaches the binding through this property. */
  binding: NativeBinding;
  readonly tensorMap: { get(dataId: object): TensorRecord; has(dataId: object): boolean };
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(tensor: NativeTensor): tf.Tensor;
  executeSingleOutput(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly tf.Tensor[],
  ): tf.Tensor;
  loadSavedModelMetaGraph(path: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(
    session: number,
    inputs: readonly tf.Tensor[],
    inputOperations: readonly { name: string }[],
    outputs: readonly string[],
  ): tf.Tensor[];
}

/**
 * The backend that `loadTensorFlow` registered.
 * @throws {TensorFlowUnavailableError} before `loadTensorFlow`
 */
export function nativeBackend(): NativeBackend {
  const backend: unknown = tf.findBackend('tensorflow');
  if (tf.getBackend() !== 'tensorflow' || !isNativeBackend(backend)) {
    throw new TensorFlowUnavailableError('loadTensorFlow() has not been called.');
  }
  return backend;
}

function isNativeBackend(backend: unknown): backend is NativeBackend {
  return typeof backend === 'object' && backend !== null && 'binding' in backend && 'tensorMap' in backend;
}

/** A type attribute for `executeOp`. */
export function typeAttribute(name: string, dtype: tf.DataType | 'int64'): NativeAttribute {
  return { name, type: AttributeKind.type, value: DataTypeNumber[dtype] };
}
