import type { TensorReference } from '../model-description.js';
import { isObject } from './json-reading.js';
import type { ModelEnd } from './read-ends.js';
import {
  callTensors,
  tensorsOf,
  type WrittenArgument,
  type WrittenCall,
  type WrittenGraph,
  type WrittenLayer,
} from './written-call.js';

const isMaskKeyword = (name: string): boolean =>
  name === 'mask' || (name.endsWith('_mask') && name !== 'attention_mask');

const sameTensor = (a: TensorReference | undefined, b: TensorReference | undefined): boolean =>
  a !== undefined && b !== undefined && a.layer === b.layer && a.call === b.call && a.tensor === b.tensor;

/** Which operations feed nothing but masks. */
const maskOnlyOperations = (
  layers: readonly WrittenLayer[],
  outputs: readonly ModelEnd[],
): ReadonlySet<string> => {
  const used = new Set(outputs.map(({ reference }) => reference.layer));
  const operationUsers = new Map<string, string[]>();
  for (const layer of layers) {
    for (const call of layer.calls) {
      if (layer.isOperation) {
        for (const { layer: source } of callTensors(call)) {
          operationUsers.set(source, [...(operationUsers.get(source) ?? []), layer.name]);
        }
        continue;
      }
      const elsewhere = [
        ...call.positional,
        ...Object.entries(call.keyword).flatMap(([name, argument]) =>
          isMaskKeyword(name) ? [] : [argument],
        ),
      ];
      for (const { layer: source } of elsewhere.flatMap(tensorsOf)) used.add(source);
    }
  }
  const masks = new Set(layers.filter((layer) => layer.isOperation).map((layer) => layer.name));
  const isUsed = (name: string): boolean =>
    used.has(name) || (operationUsers.get(name) ?? []).some((user) => !masks.has(user));
  for (let changed = true; changed;) {
    const lost = [...masks].filter(isUsed);
    for (const name of lost) masks.delete(name);
    changed = lost.length > 0;
  }
  return masks;
};

/** Whether a comparison is the one by which an Embedding or a Masking layer makes its mask. */
const isMadeByLayer = (call: WrittenCall, layers: readonly WrittenLayer[]): boolean => {
  const [compared, value] = call.positional;
  const literal = value && 'literal' in value ? value.literal : undefined;
  const source = compared && tensorsOf(compared)[0];
  return layers.some((layer) => {
    const config = isObject(layer.json.config) ? layer.json.config : {};
    const isMaker =
      (layer.className === 'Embedding' && config.mask_zero === true && literal === 0) ||
      (layer.className === 'Masking' && config.mask_value === literal);
    return isMaker && layer.calls.some((made) => sameTensor(made.positional.flatMap(tensorsOf)[0], source));
  });
};

/** Whether everything that an operation computes comes from masks that layers make by themselves. */
const isImplicit = (
  operation: WrittenLayer,
  masks: ReadonlySet<string>,
  layers: readonly WrittenLayer[],
): boolean =>
  operation.className === 'OnesLike' ||
  operation.calls.every(
    (call) =>
      callTensors(call).every(({ layer }) => masks.has(layer)) ||
      (operation.className === 'NotEqual' && isMadeByLayer(call, layers)),
  );

const withoutMasks = (call: WrittenCall, masks: ReadonlySet<string>): WrittenCall => {
  const isDropped = ([name, argument]: [string, WrittenArgument]): boolean =>
    isMaskKeyword(name) && tensorsOf(argument).some(({ layer }) => masks.has(layer));
  const arguments_ = Object.entries(call.keyword);
  return {
    ...call,
    keyword: Object.fromEntries(arguments_.filter((argument) => !isDropped(argument))),
    ...(arguments_.some((argument) => argument[0] === 'mask' && isDropped(argument))
      ? { mask: 'of the graph' as const }
      : {}),
  };
};

/**
 * Keras 3 writes the masks that layers hand on by themselves as operations (NotEqual, Any) between the layers. They are left
 * out, because the engine computes those masks again. Operations that compute anything else stay.
 */
export const dropImplicitMasks = ({ layers, outputs }: WrittenGraph): WrittenLayer[] => {
  const candidates = maskOnlyOperations(layers, outputs);
  const explicit = layers.filter(
    (layer) => candidates.has(layer.name) && !isImplicit(layer, candidates, layers),
  );
  // What is computed from a mask of the user's own is that user's too.
  const kept = new Set(explicit.map((layer) => layer.name));
  for (let changed = true; changed;) {
    const more = layers.filter(
      (layer) =>
        candidates.has(layer.name) &&
        !kept.has(layer.name) &&
        layer.calls.some((call) => callTensors(call).some((tensor) => kept.has(tensor.layer))),
    );
    for (const layer of more) kept.add(layer.name);
    changed = more.length > 0;
  }
  const dropped = new Set([...candidates].filter((name) => !kept.has(name)));
  return layers
    .filter((layer) => !dropped.has(layer.name))
    .map((layer) => ({ ...layer, calls: layer.calls.map((call) => withoutMasks(call, dropped)) }));
};
