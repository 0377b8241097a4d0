import type * as tf from '@tensorflow/tfjs-core';
import type { NativeSpec } from '../graph/function-graph.js';
import { DataTypeNumber } from '../native/backend.js';
import type { TensorSpec } from './contract.js';

const SUPPORTED: ReadonlySet<string> = new Set(['float32', 'int32', 'bool']);

/** @throws {TypeError} for an element type that sessions don't hold */
export function nativeSpec({ shape, dtype }: TensorSpec, what: string): NativeSpec {
  if (!SUPPORTED.has(dtype)) throw new TypeError(`${what} is ${dtype}; it must be float32, int32 or bool`);
  return { dtype: DataTypeNumber[dtype as 'float32'], shape: [...shape] };
}

/**
 * Checks tensors against specs, where -1 stands for any length.
 * @throws {TypeError} that names the first tensor that differs
 */
export function checkTensors(
  what: string,
  tensors: readonly tf.Tensor[],
  specs: readonly NativeSpec[],
): void {
  if (tensors.length !== specs.length) {
    throw new TypeError(`${what}: ${specs.length} tensors are needed, ${tensors.length} were given`);
  }
  specs.forEach((spec, index) => {
    const tensor = tensors[index]!;
    const fits =
      DataTypeNumber[tensor.dtype] === spec.dtype &&
      tensor.rank === spec.shape.length &&
      spec.shape.every((length, axis) => length === -1 || length === tensor.shape[axis]);
    if (fits) return;
    const wanted = `${typeName(spec.dtype)} of shape ${shapeText(spec.shape)}`;
    throw new TypeError(
      `${what}: tensor ${index} must be ${wanted}, not ${tensor.dtype} of shape ${shapeText(tensor.shape)}`,
    );
  });
}

function typeName(dtype: number): string {
  return Object.entries(DataTypeNumber).find(([, number]) => number === dtype)?.[0] ?? String(dtype);
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.map((length) => (length === -1 ? 'any' : length)).join(', ')}]`;
}
