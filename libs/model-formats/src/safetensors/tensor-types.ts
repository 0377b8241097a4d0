/** safetensors' names of the element types that Epochal stores, each of 4 bytes. */
export const ELEMENT_TYPES = { float32: 'F32', int32: 'I32' } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;
export type TensorValues = Float32Array | Int32Array;
export const ELEMENT_BYTES = 4;

export interface TensorInfo {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** Number of elements of a shape; a scalar has one. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((count, length) => count * length, 1);

export const byteLength = ({ shape }: TensorInfo): number => elementCount(shape) * ELEMENT_BYTES;

/** A file that is not safetensors, is cut off or damaged, or data that does not fit what it is said to be. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}
