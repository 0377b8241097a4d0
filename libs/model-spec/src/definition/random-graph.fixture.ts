import type { JsonObject, JsonValue } from '@epochal/contracts';
import fc from 'fast-check';

/** A Functional model in no dialect: layers, and calls in the order in which they were made. */
export interface Graph {
  readonly layers: readonly { readonly name: string; readonly kind: Kind }[];
  readonly calls: readonly { readonly layer: number; readonly inputs: readonly number[] }[];
  /** Numbers of the calls that make the outputs. */
  readonly outputs: readonly number[];
  /** Order in which the layers are written. */
  readonly order: readonly number[];
}
type Kind = 'InputLayer' | 'Dense' | 'Add' | 'Sequential' | 'Functional';

const WIDTH = 4;
const MADE: readonly Kind[] = ['Dense', 'Dense', 'Add', 'Sequential', 'Functional'];

interface Step {
  readonly kind: Kind;
  readonly again: boolean;
  readonly sources: readonly number[];
}

const build = (
  inputs: number,
  steps: readonly Step[],
  ends: readonly number[],
  shuffle: readonly number[],
): Graph => {
  const layers: { name: string; kind: Kind }[] = [];
  const calls: { layer: number; inputs: number[] }[] = [];
  for (let index = 0; index < inputs; index++) {
    layers.push({ name: `input_${index}`, kind: 'InputLayer' });
    calls.push({ layer: index, inputs: [] });
  }
  for (const { kind, again, sources } of steps) {
    const picked = sources.map((source) => source % calls.length);
    const existing = layers.findIndex((layer) => layer.kind === kind);
    const isShared = again && existing >= 0 && kind !== 'Add';
    if (!isShared) layers.push({ name: `${kind.toLowerCase()}_${layers.length}`, kind });
    const layer = isShared ? existing : layers.length - 1;
    calls.push({ layer, inputs: kind === 'Add' ? picked : picked.slice(0, 1) });
  }
  const order = layers.map((_layer, index) => index).toSorted((a, b) => shuffle[a]! - shuffle[b]!);
  return { layers, calls, outputs: [...new Set(ends.map((end) => end % calls.length))], order };
};

/** Random Functional models of Dense, Add and nested models, with layers that are shared and layers that nothing needs. */
export const graphs: fc.Arbitrary<Graph> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(
      fc.record({
        kind: fc.constantFrom(...MADE),
        again: fc.boolean(),
        sources: fc.array(fc.nat(1000), { minLength: 2, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    ends: fc.array(fc.integer({ min: 500, max: 2000 }), { minLength: 1, maxLength: 3 }),
    shuffle: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
  })
  .map(({ inputs, steps, ends, shuffle }) => build(inputs, steps, ends, shuffle));

/** The graph without the layers and calls that no output needs. */
export const needed = (graph: Graph): Graph => {
  const kept = new Set(graph.calls.flatMap(({ inputs }, index) => (inputs.length === 0 ? [index] : [])));
  const reach = (call: number): void => {
    kept.add(call);
    for (const input of graph.calls[call]!.inputs) if (!kept.has(input)) reach(input);
  };
  graph.outputs.forEach(reach);
  const calls = [...kept].toSorted((a, b) => a - b);
  const layers = [...new Set(calls.map((call) => graph.calls[call]!.layer))].toSorted((a, b) => a - b);
  return {
    layers: layers.map((layer) => graph.layers[layer]!),
    calls: calls.map((call) => ({
      layer: layers.indexOf(graph.calls[call]!.layer),
      inputs: graph.calls[call]!.inputs.map((input) => calls.indexOf(input)),
    })),
    outputs: graph.outputs.map((call) => calls.indexOf(call)),
    order: graph.order.filter((layer) => layers.includes(layer)).map((layer) => layers.indexOf(layer)),
  };
};

type Dialect = 'keras_3' | 'keras_2';

const object = (module: string, class_name: string, config: JsonObject): JsonObject => ({
  module,
  class_name,
  config,
  registered_name: null,
});

const input = (name: string, dialect: Dialect): JsonObject => {
  const key = dialect === 'keras_3' ? 'batch_shape' : 'batch_input_shape';
  return object('keras.layers', 'InputLayer', { [key]: [null, WIDTH], dtype: 'float32', name });
};
const dense = (name: string): JsonObject => object('keras.layers', 'Dense', { name, units: WIDTH });

const reference = (
  graph: Graph,
  call: number,
  dialect: Dialect,
  where: 'call' | 'output',
): [string, number, number] => {
  const { layer } = graph.calls[call]!;
  const { name, kind } = graph.layers[layer]!;
  const before = graph.calls.slice(0, call).filter((made) => made.layer === layer).length;
  const isNested = kind === 'Sequential' || kind === 'Functional';
  const first = dialect === 'keras_2' ? isNested : kind === 'Functional' && where === 'output';
  return [name, before + (first ? 1 : 0), 0];
};

const node = (graph: Graph, inputs: readonly number[], dialect: Dialect): JsonValue => {
  const triples = inputs.map((call) => reference(graph, call, dialect, 'call'));
  if (dialect === 'keras_2') return triples.map((triple) => [...triple, {}]);
  const tensors = triples.map((triple) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, WIDTH], dtype: 'float32', keras_history: triple },
  }));
  return { args: tensors.length === 1 ? tensors : [tensors], kwargs: {} };
};

const nested = (name: string, kind: 'Sequential' | 'Functional', dialect: Dialect): JsonObject => {
  const layers = [input(`${name}_x`, dialect), dense(`${name}_d`)];
  if (kind === 'Sequential') return object('keras', 'Sequential', { name, layers });
  const inner: Graph = {
    layers: [
      { name: `${name}_x`, kind: 'InputLayer' },
      { name: `${name}_d`, kind: 'Dense' },
    ],
    calls: [
      { layer: 0, inputs: [] },
      { layer: 1, inputs: [0] },
    ],
    outputs: [1],
    order: [0, 1],
  };
  const json = toDefinition(inner, dialect);
  return { ...json, config: { ...(json.config as JsonObject), name } };
};

const layerJson = (name: string, kind: Kind, dialect: Dialect): JsonObject => {
  if (kind === 'InputLayer') return input(name, dialect);
  if (kind === 'Dense') return dense(name);
  if (kind === 'Add') return object('keras.layers', 'Add', { name });
  return nested(name, kind, dialect);
};

/** The graph as `to_json()` of a dialect writes it, its layers in the graph's order. */
export function toDefinition(graph: Graph, dialect: Dialect): JsonObject {
  const layers = graph.order.map((index): JsonObject => {
    const { name, kind } = graph.layers[index]!;
    const calls = graph.calls.filter(({ layer, inputs }) => layer === index && inputs.length > 0);
    return {
      ...layerJson(name, kind, dialect),
      name,
      inbound_nodes: calls.map(({ inputs }) => node(graph, inputs, dialect)),
    };
  });
  const inputs = graph.layers.filter(({ kind }) => kind === 'InputLayer').map(({ name }) => [name, 0, 0]);
  const outputs = graph.outputs.map((call) => reference(graph, call, dialect, 'output'));
  const module = dialect === 'keras_3' ? 'keras.src.models.functional' : 'tf_keras.src.engine.functional';
  const config = { name: 'graph', trainable: true, layers, input_layers: inputs, output_layers: outputs };
  const json = { module, class_name: 'Functional', config, registered_name: 'Functional' };
  return dialect === 'keras_3' ? json : { ...json, keras_version: '2.15.0', backend: 'tensorflow' };
}
