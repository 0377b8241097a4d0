import { jsonPointer, type JsonObject, type ModelDialect } from '@epochal/contracts';
import type { LayerCall, LayerDescription, ModelDescription } from '../model-description.js';
import { readCallArguments } from './call-arguments.js';
import { checkNames, checkReferences } from './check-references.js';
import { dropImplicitMasks } from './implicit-masks.js';
import { describeValue, isObject, readList, readObject } from './json-reading.js';
import { numberCalls } from './number-calls.js';
import { orderLayers } from './order-layers.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import { readCalls } from './read-calls.js';
import { readEnds, type ModelEnd } from './read-ends.js';
import type { ReadPart } from './part.js';
import { isOperation, refuseOperations } from './refuse-operations.js';
import { uniqueName } from './unique-name.js';
import type { WrittenGraph, WrittenLayer } from './written-call.js';

const NO_INPUTS: LayerCall = { inputs: [], keywordInputs: {}, keywordArguments: {} };

const readWritten = (json: JsonObject, path: JsonPath, problems: ProblemList): WrittenLayer | undefined => {
  const inner = isObject(json.config) ? json.config.name : undefined;
  const name = json.name ?? inner;
  const { class_name: className } = json;
  if (typeof name !== 'string' || typeof className !== 'string') {
    const missing = typeof name === 'string' ? 'class_name' : 'name';
    problems.add([...path, missing], `A layer of a Functional model must have a ${missing}`, {
      received: describeValue(json[missing]),
    });
    return undefined;
  }
  return {
    name,
    className,
    json,
    path,
    calls: readCalls(json.inbound_nodes, [...path, 'inbound_nodes'], problems),
    isOperation: isOperation(json.module, className),
  };
};

/** Names by which an end is keyed: its key in a dictionary, else its layer's name, numbered when a layer stands twice. */
const nameEnds = (ends: readonly ModelEnd[]): string[] => {
  const taken = new Set<string>();
  return ends.map(({ key, reference }) => {
    const wanted = key ?? reference.layer;
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  });
};

const describe = (
  written: WrittenLayer,
  dialect: ModelDialect,
  problems: ProblemList,
  readPart: ReadPart,
): LayerDescription | undefined => {
  const part = readPart(written.json, written.name, written.path, dialect, problems);
  const calls = written.calls.map((call) => readCallArguments(written, call, dialect, problems));
  return (
    part && {
      name: written.name,
      ...part,
      calls: written.className === 'InputLayer' ? [NO_INPUTS] : calls,
      pointer: jsonPointer(written.path),
    }
  );
};

/** Keras 2 keeps layers that no output needs, and their weights; it writes none by itself. */
const refuseUnneeded = (all: WrittenGraph, kept: WrittenGraph, problems: ProblemList): void => {
  const names = new Set(kept.layers.map(({ name }) => name));
  for (const { name, path } of all.layers) {
    if (names.has(name)) continue;
    problems.add(path, `No output of the model needs the layer ${name}`, {
      layer: name,
      expected: 'a definition without it, or an output that comes from it',
    });
  }
};

/** Reads a serialised Functional model. Undefined when problems were recorded that leave no model. */
export const readFunctional = (
  json: JsonObject,
  path: JsonPath,
  dialect: ModelDialect,
  problems: ProblemList,
  readPart: ReadPart,
): ModelDescription | undefined => {
  const config = readObject(json, 'config', path, problems);
  const at = [...path, 'config'];
  const list = config && readList(config, 'layers', at, problems);
  if (config === undefined || list === undefined) return undefined;
  const read = list.map((layer, index) => {
    const layerPath = [...at, 'layers', index];
    if (isObject(layer)) return readWritten(layer, layerPath, problems);
    problems.add(layerPath, 'A layer must be an object with class_name, config, name and inbound_nodes', {
      received: describeValue(layer),
    });
    return undefined;
  });
  const inputs = readEnds(config, 'input_layers', at, problems);
  const outputs = readEnds(config, 'output_layers', at, problems);
  const readable = read.filter((layer) => layer !== undefined);
  checkNames(readable, problems);
  const numbered = numberCalls({ layers: readable, inputs, outputs }, dialect);
  checkReferences(numbered, problems);
  const graph = orderLayers(numbered, problems);
  const written = dropImplicitMasks(graph);
  if (dialect === 'keras_2') refuseUnneeded(numbered, graph, problems);
  refuseOperations(written, problems);
  const described = written
    .filter((layer) => !layer.isOperation)
    .map((layer) => describe(layer, dialect, problems, readPart));
  const layers = described.filter((layer) => layer !== undefined);
  if (layers.length < written.length || readable.length < read.length) return undefined;
  return {
    name: typeof config.name === 'string' ? config.name : uniqueName('Functional', new Set()),
    kind: 'functional',
    dialect,
    layers,
    inputs: graph.inputs.map(({ reference }) => reference),
    outputs: graph.outputs.map(({ reference }) => reference),
    inputNames: nameEnds(graph.inputs),
    outputNames: nameEnds(graph.outputs),
  };
};
