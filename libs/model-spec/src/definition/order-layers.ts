import type { TensorReference } from '../model-description.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import type { ModelEnd } from './read-ends.js';
import { callTensors, mapReferences, type WrittenGraph, type WrittenLayer } from './written-call.js';

interface Node {
  readonly layer: WrittenLayer;
  readonly parents: readonly TensorReference[];
  readonly path: JsonPath;
}

const nodeKey = ({ layer, call }: TensorReference): string => `${call} ${layer}`;

/** The calls of every layer; an InputLayer has one without inputs. */
const nodesOf = (layers: readonly WrittenLayer[]): Map<string, Node> => {
  const nodes = new Map<string, Node>();
  for (const layer of layers) {
    if (layer.className === 'InputLayer') {
      nodes.set(nodeKey({ layer: layer.name, call: 0, tensor: 0 }), { layer, parents: [], path: layer.path });
      continue;
    }
    for (const [call, written] of layer.calls.entries()) {
      const key = nodeKey({ layer: layer.name, call, tensor: 0 });
      nodes.set(key, { layer, parents: callTensors(written), path: written.path });
    }
  }
  return nodes;
};

interface Traversal {
  /** Each call after those that it needs. */
  readonly sorted: readonly string[];
  /** When each layer was first met, outputs first. */
  readonly met: ReadonlyMap<string, number>;
}

/** Depth first from the outputs, as Keras does; without recursion, because models can be thousands of layers deep. */
const traverse = (
  nodes: ReadonlyMap<string, Node>,
  outputs: readonly ModelEnd[],
  problems: ProblemList,
): Traversal => {
  const finished = new Set<string>();
  const inProgress = new Set<string>();
  const sorted: string[] = [];
  const met = new Map<string, number>();
  const stack: { key: string; node: Node; next: number }[] = [];

  const enter = (reference: TensorReference, path: JsonPath): void => {
    const key = nodeKey(reference);
    if (finished.has(key)) return;
    const node = nodes.get(key);
    if (node === undefined) return;
    if (inProgress.has(key)) {
      problems.add(path, `The layer ${reference.layer} is part of a cycle: its input depends on its output`, {
        layer: reference.layer,
        expected: 'a graph in which every layer comes after its inputs',
      });
      return;
    }
    if (!met.has(reference.layer)) met.set(reference.layer, met.size);
    inProgress.add(key);
    stack.push({ key, node, next: 0 });
  };

  for (const output of outputs) {
    enter(output.reference, output.path);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const parent = top.node.parents[top.next];
      top.next += 1;
      if (parent !== undefined) {
        enter(parent, top.node.path);
        continue;
      }
      stack.pop();
      inProgress.delete(top.key);
      finished.add(top.key);
      sorted.push(top.key);
    }
  }
  return { sorted, met };
};

/** Leaves out the calls that no output needs, and numbers the others anew. */
const keepCalls = ({ layers, inputs, outputs }: WrittenGraph, needed: ReadonlySet<string>): WrittenGraph => {
  const isNeeded = (layer: string, call: number): boolean => needed.has(nodeKey({ layer, call, tensor: 0 }));
  const numbers = new Map<string, number>();
  for (const { name, calls } of layers) {
    let number = 0;
    for (const call of calls.keys()) {
      if (isNeeded(name, call)) numbers.set(nodeKey({ layer: name, call, tensor: 0 }), number++);
    }
  }
  const renumber = (reference: TensorReference): TensorReference => ({
    ...reference,
    call: numbers.get(nodeKey(reference)) ?? reference.call,
  });
  const kept = layers.map((layer) => ({
    ...layer,
    calls: layer.calls.filter((_call, index) => isNeeded(layer.name, index)),
  }));
  return mapReferences({ layers: kept, inputs, outputs }, renumber, renumber);
};

/**
 * Puts layers into the order in which Keras keeps them (keras.src.ops.function.map_graph): the deepest first, then as they
 * are met from the outputs. Saved weights follow it, whatever the order in the definition. Layers and calls that no output
 * needs are left out, as Keras does, except inputs.
 */
export const orderLayers = (
  { layers, inputs, outputs }: WrittenGraph,
  problems: ProblemList,
): WrittenGraph => {
  const nodes = nodesOf(layers);
  const { sorted, met } = traverse(nodes, outputs, problems);
  const nodeDepths = new Map<string, number>();
  const layerDepths = new Map<string, number>();
  for (const key of sorted.toReversed()) {
    const { layer, parents } = nodes.get(key)!;
    const depth = Math.max(nodeDepths.get(key) ?? 0, layerDepths.get(layer.name) ?? 0);
    layerDepths.set(layer.name, depth);
    nodeDepths.set(key, depth);
    for (const parent of parents) {
      const parentKey = nodeKey(parent);
      nodeDepths.set(parentKey, Math.max(depth + 1, nodeDepths.get(parentKey) ?? 0));
    }
  }
  const rank = new Map(met);
  // Inputs that no output needs come before all else that is as deep, in their own order.
  for (const [index, { reference }] of inputs.entries()) {
    if (layerDepths.has(reference.layer)) continue;
    layerDepths.set(reference.layer, 0);
    rank.set(reference.layer, index - inputs.length);
  }
  const ordered = layers
    .filter((layer) => layerDepths.has(layer.name))
    .toSorted(
      (a, b) => layerDepths.get(b.name)! - layerDepths.get(a.name)! || rank.get(a.name)! - rank.get(b.name)!,
    );
  return keepCalls({ layers: ordered, inputs, outputs }, new Set(sorted));
};
