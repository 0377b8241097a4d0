import type { JsonObject, JsonValue } from '@epochal/contracts';
import type { TensorReference } from '../model-description.js';
import type { JsonPath } from './problem-list.js';

/**
 * A call of a layer as it is written, in one form for every dialect. Node numbers in the references are those of the
 * dialect until `number-calls.ts` has made them call numbers.
 */
export interface WrittenCall {
  readonly positional: readonly WrittenArgument[];
  readonly keyword: Readonly<Record<string, WrittenArgument>>;
  readonly path: JsonPath;
}

/** One argument: the tensors in it, in order, or a value that holds none. */
export type WrittenArgument =
  { readonly tensors: readonly TensorReference[] } | { readonly literal: JsonValue };

/** A layer of a Functional model as it is written. */
export interface WrittenLayer {
  readonly name: string;
  readonly className: string;
  readonly json: JsonObject;
  readonly calls: readonly WrittenCall[];
  readonly path: JsonPath;
  /** A `keras.ops` call or an operator on tensors, not a layer. */
  readonly isOperation: boolean;
}

export const tensorsOf = (argument: WrittenArgument): readonly TensorReference[] =>
  'tensors' in argument ? argument.tensors : [];

/** Every tensor that a call takes, in Keras's order: positional first, then keywords by name. */
export const callTensors = (call: WrittenCall): TensorReference[] => [
  ...call.positional.flatMap(tensorsOf),
  ...Object.keys(call.keyword)
    .toSorted()
    .flatMap((name) => tensorsOf(call.keyword[name]!)),
];
