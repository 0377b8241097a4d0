import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callKey, callsInOrder } from '../calls-in-order.js';
import { describeModel } from '../description/describe-model.js';
import type { ModelDescription } from '../model-description.js';
import { modelSummary } from '../summary/model-summary.js';
import { parseModel } from './parse-model.js';
import { graphs, needed, toDefinition } from './random-graph.fixture.js';

/** All of a description but where it stands in the definition, and who wrote that. */
const meaning = ({ layers, ...model }: ModelDescription): unknown => ({
  ...model,
  dialect: null,
  layers: layers.map(({ pointer: _pointer, model: inner, ...layer }) => ({
    ...layer,
    inner: inner && meaning(inner),
  })),
});

it('reads one model from both dialects of Keras', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const [three, two] = (['keras_3', 'keras_2'] as const).map((dialect) =>
        parseModel(toDefinition(needed(graph), dialect)),
      );
      expect(three?.dialect).toBe('keras_3');
      expect(two?.dialect).toBe('keras_2');
      expect(meaning(two!)).toEqual(meaning(three!));
    }),
  );
});

it('reads one model, in whatever order its layers are written', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const sorted = { ...graph, order: graph.order.toSorted((a, b) => a - b) };
      expect(meaning(parseModel(toDefinition(graph, 'keras_3')))).toEqual(
        meaning(parseModel(toDefinition(sorted, 'keras_3'))),
      );
    }),
  );
});

it('leaves the definition as it is, and reads the same from it again and from its text', () => {
  fc.assert(
    fc.property(graphs, fc.constantFrom('keras_3', 'keras_2'), (graph, dialect) => {
      const definition = toDefinition(needed(graph), dialect as 'keras_3');
      const text = JSON.stringify(definition);
      const model = parseModel(definition);
      expect(JSON.stringify(definition)).toBe(text);
      expect(parseModel(definition)).toEqual(model);
      expect(parseModel(text)).toEqual(model);
    }),
  );
});

it('gives every call after the calls that make its inputs, and every weight a path of its own', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const model = parseModel(toDefinition(graph, 'keras_3'));
      const made = new Set<string>();
      for (const { layer, call } of callsInOrder(model)) {
        for (const source of layer.calls[call]!.inputs)
          expect(made).toContain(callKey(source.layer, source.call));
        made.add(callKey(layer.name, call));
      }
      const { weights, parameters } = describeModel(model);
      expect(new Set(weights.map(({ path }) => path)).size).toBe(weights.length);
      expect(modelSummary(model).rows.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters.total);
    }),
  );
});
