import type { ModelDialect } from '@epochal/contracts';
import type { TensorReference } from '../model-description.js';
import { isObject } from './json-reading.js';
import { mapReferences, type WrittenGraph, type WrittenLayer } from './written-call.js';

const startsWithInput = (layer: WrittenLayer): boolean => {
  const { config } = layer.json;
  const layers = isObject(config) ? config.layers : config;
  const first = Array.isArray(layers) ? layers[0] : undefined;
  return isObject(first) && first.class_name === 'InputLayer';
};

/**
 * The number of a layer's first call. A nested model has a node of its own, between its inputs and outputs, that Keras 2 and
 * TensorFlow.js count; Keras 3 counts it for Functional models, and only where it names the outputs of the outer model.
 */
const firstNode = (layer: WrittenLayer, dialect: ModelDialect, where: 'call' | 'output'): number => {
  const isFunctional = layer.className === 'Functional' || layer.className === 'Model';
  const isSequential = layer.className === 'Sequential';
  if (dialect === 'keras_3') return isFunctional && where === 'output' ? 1 : 0;
  if (dialect === 'tensorflow_js') return isFunctional || isSequential ? 1 : 0;
  return isFunctional || (isSequential && startsWithInput(layer)) ? 1 : 0;
};

/** Turns the node numbers of a dialect into call numbers, which count each layer's calls from 0. */
export const numberCalls = (graph: WrittenGraph, dialect: ModelDialect): WrittenGraph => {
  const byName = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const renumber = (reference: TensorReference, where: 'call' | 'output'): TensorReference => {
    const layer = byName.get(reference.layer);
    if (layer === undefined) return reference;
    const first = firstNode(layer, dialect, where);
    return reference.call >= first ? { ...reference, call: reference.call - first } : reference;
  };
  return mapReferences(
    graph,
    (reference) => renumber(reference, 'call'),
    (reference) => renumber(reference, 'output'),
  );
};
