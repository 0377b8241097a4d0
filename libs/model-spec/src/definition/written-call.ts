import type { JsonObject, JsonValue } from '@epochal/contracts';
import type { TensorReference } from '../model-description.js';
import type { JsonPath } from './problem-list.js';
import type { ModelEnd } from './read-ends.js';

/**
 * A call of a layer as it is written, in one form for every dialect. Node numbers in the references are those of the
 * dialect until `number-calls.ts` has made them call numbers.
 */
export interface WrittenCall {
  readonly positional: readonly WrittenArgument[];
  readonly keyword: Readonly<Record<string, WrittenArgument>>;
  readonly path: JsonPath;
  /** Set where the mask of the input was an argument, which is left out. */
  readonly mask?: 'of the graph';
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

/** The graph of a Functional model as it is written. */
export interface WrittenGraph {
  readonly layers: readonly WrittenLayer[];
  readonly inputs: readonly ModelEnd[];
  readonly outputs: readonly ModelEnd[];
}

type MapReference = (reference: TensorReference) => TensorReference;

/** The same graph with other references: one way in calls, one at the model's inputs and outputs. */
export const mapReferences = (
  { layers, inputs, outputs }: WrittenGraph,
  inCalls: MapReference,
  atEnds: MapReference,
): WrittenGraph => {
  const inArgument = (argument: WrittenArgument): WrittenArgument =>
    'tensors' in argument ? { tensors: argument.tensors.map(inCalls) } : argument;
  const inEnds = (ends: readonly ModelEnd[]): ModelEnd[] =>
    ends.map((end) => ({ ...end, reference: atEnds(end.reference) }));
  return {
    layers: layers.map((layer) => ({
      ...layer,
      calls: layer.calls.map(({ path, positional, keyword }) => ({
        path,
        positional: positional.map(inArgument),
        keyword: Object.fromEntries(
          Object.entries(keyword).map(([name, argument]) => [name, inArgument(argument)]),
        ),
      })),
    })),
    inputs: inEnds(inputs),
    outputs: inEnds(outputs),
  };
};
