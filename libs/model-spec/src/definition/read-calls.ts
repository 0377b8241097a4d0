import type { JsonValue } from '@epochal/contracts';
import type { TensorReference } from '../model-description.js';
import { describeValue, isObject } from './json-reading.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import type { WrittenArgument, WrittenCall } from './written-call.js';

const FORMS =
  '{"args": [...], "kwargs": {...}} (Keras 3) or [["layer", node, tensor, {...}], ...] (Keras 2, TensorFlow.js)';

/** `["layer", node, tensor]`, the triple by which every dialect names a tensor; Keras 2 may add keyword arguments. */
export const readReference = (value: JsonValue | undefined): TensorReference | undefined => {
  if (!Array.isArray(value) || value.length < 3 || value.length > 4) return undefined;
  const [layer, call, tensor] = value;
  if (typeof layer !== 'string' || !Number.isInteger(call) || !Number.isInteger(tensor)) return undefined;
  return { layer, call: call as number, tensor: tensor as number };
};

const kerasTensor = (value: JsonValue): TensorReference | undefined =>
  isObject(value) && value.class_name === '__keras_tensor__' && isObject(value.config)
    ? readReference(value.config.keras_history)
    : undefined;

const collect = (
  value: JsonValue,
  leaf: (value: JsonValue) => TensorReference | undefined,
): TensorReference[] => {
  const reference = leaf(value);
  if (reference) return [reference];
  if (Array.isArray(value)) return value.flatMap((item) => collect(item, leaf));
  if (!isObject(value)) return [];
  // Keras flattens dictionaries by their sorted keys.
  return Object.keys(value)
    .toSorted()
    .flatMap((key) => collect(value[key]!, leaf));
};

const argument = (
  value: JsonValue,
  leaf: (value: JsonValue) => TensorReference | undefined,
): WrittenArgument => {
  const tensors = collect(value, leaf);
  return tensors.length > 0 ? { tensors } : { literal: value };
};

const keywords = (
  value: JsonValue | undefined,
  leaf: (value: JsonValue) => TensorReference | undefined,
): Record<string, WrittenArgument> =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, argument(item, leaf)]))
    : {};

const readKeras3Call = (args: JsonValue[], kwargs: JsonValue | undefined, path: JsonPath): WrittenCall => ({
  positional: args.map((item) => argument(item, kerasTensor)),
  keyword: keywords(kwargs, kerasTensor),
  path,
});

/** Keras 2 writes the tensors of the first argument flat, and the keyword arguments beside each of them. */
const readKeras2Call = (
  tensors: JsonValue[],
  path: JsonPath,
  problems: ProblemList,
): WrittenCall | undefined => {
  const entries = readReference(tensors) ? [tensors] : tensors;
  const references: TensorReference[] = [];
  for (const [index, entry] of entries.entries()) {
    const reference = readReference(entry);
    if (reference) references.push(reference);
    else {
      problems.add([...path, index], 'This does not name the output of a layer', {
        expected: '["layer", node, tensor, {...}]',
        received: describeValue(entry),
      });
      return undefined;
    }
  }
  const first = entries[0];
  const kwargs = Array.isArray(first) ? first[3] : undefined;
  return { positional: [{ tensors: references }], keyword: keywords(kwargs, readReference), path };
};

/** Reads a layer's `inbound_nodes`, of any dialect. Nodes without inputs, as an InputLayer has, are left out. */
export const readCalls = (
  nodes: JsonValue | undefined,
  path: JsonPath,
  problems: ProblemList,
): WrittenCall[] => {
  if (nodes === undefined) return [];
  if (!Array.isArray(nodes)) {
    problems.add(path, 'inbound_nodes must be a list', { expected: FORMS, received: describeValue(nodes) });
    return [];
  }
  return nodes.flatMap((node, index): WrittenCall[] => {
    const at = [...path, index];
    if (isObject(node) && Array.isArray(node.args)) return [readKeras3Call(node.args, node.kwargs, at)];
    if (Array.isArray(node)) {
      if (node.length === 0) return [];
      const call = readKeras2Call(node, at, problems);
      return call ? [call] : [];
    }
    problems.add(at, 'This is not a call of a layer', { expected: FORMS, received: describeValue(node) });
    return [];
  });
};
