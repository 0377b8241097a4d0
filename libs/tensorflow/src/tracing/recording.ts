import type { NativeAttribute } from '../native/backend.js';

/** A value known while tracing, bit for bit as TensorFlow stores it. */
export interface Constant {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  /** The same for equal constants. */
  readonly key: string;
}

/** Where a tensor in a step comes from. */
export type Value =
  | { readonly from: 'input'; readonly index: number }
  | { readonly from: 'variable'; readonly index: number }
  | { readonly from: 'constant'; readonly constant: Constant }
  | { readonly from: 'operation'; readonly index: number; readonly output: number };

export interface RecordedOperation {
  readonly name: string;
  readonly attributes: readonly NativeAttribute[];
  readonly inputs: readonly Value[];
  /** What each output was when the step was recorded. */
  readonly outputs: readonly { readonly dtype: number; readonly shape: readonly number[] }[];
}

/** What a step returns: a value, and its type and shape. */
export interface RecordedOutput {
  readonly value: Value;
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** All that one execution of a step did, free of any tensor. */
export interface Recording {
  readonly operations: readonly RecordedOperation[];
  readonly outputs: readonly RecordedOutput[];
  /** New values of the variables that the step assigned, by the variable's place in the program's list. */
  readonly assignments: ReadonlyMap<number, Value>;
}

/** A text that is the same for the same value. */
export function valueKey(value: Value): string {
  switch (value.from) {
    case 'constant':
      return `constant ${value.constant.key}`;
    case 'operation':
      return `operation ${value.index}:${value.output}`;
    default:
      return `${value.from} ${value.index}`;
  }
}

/** A text that is the same for the same operation on the same values. */
export function operationKey(operation: Omit<RecordedOperation, 'outputs'>): string {
  return [operation.name, JSON.stringify(operation.attributes), ...operation.inputs.map(valueKey)].join('|');
}
