import type { JsonObject, JsonValue } from '@epochal/contracts';
import { describe, expect, it } from 'vitest';
import { readGallery } from './gallery.js';
import { ModelDefinitionError, type ModelProblem } from './model-definition-error.js';
import { parseModel } from './parse-model.js';

const problemsOf = (definition: JsonValue | string): readonly ModelProblem[] => {
  try {
    parseModel(definition);
  } catch (error) {
    if (error instanceof ModelDefinitionError) return error.problems;
    throw error;
  }
  return [];
};

const dense = (name: string, config: JsonObject = {}): JsonObject => ({
  class_name: 'Dense',
  config: { name, units: 4, ...config },
});
const input = (shape: (number | null)[], name = 'x'): JsonObject => ({
  class_name: 'InputLayer',
  config: { batch_shape: shape, name },
});
const sequential = (...layers: JsonObject[]): JsonObject => ({
  module: 'keras',
  class_name: 'Sequential',
  config: { name: 'model', layers },
});
const call = (...names: string[]): JsonObject => ({
  args: names.map((name) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } })),
  kwargs: {},
});
const on = (layer: JsonObject, ...calls: JsonObject[]): JsonObject => ({
  ...layer,
  name: (layer.config as JsonObject).name!,
  inbound_nodes: calls,
});
const functional = (layers: JsonObject[], inputs: JsonValue, outputs: JsonValue): JsonObject => ({
  module: 'keras',
  class_name: 'Functional',
  config: { name: 'model', layers, input_layers: inputs, output_layers: outputs },
});

describe('a definition that can be used', () => {
  it('may come as JSON, as text, and as text within text', () => {
    const definition = sequential(input([null, 3]), dense('d'));
    const text = JSON.stringify(definition);
    expect(parseModel(text)).toEqual(parseModel(definition));
    expect(parseModel(JSON.stringify(text))).toEqual(parseModel(definition));
  });

  it('may be a model.json that was converted from Keras 2', () => {
    const { definition } = readGallery('keras-2').models.wide_and_deep!;
    const { class_name, config, keras_version } = definition;
    const topology = {
      keras_version: keras_version!,
      backend: 'tensorflow',
      model_config: { class_name: class_name!, config: config! },
    };
    const model = parseModel({ format: 'layers-model', modelTopology: topology });
    expect(model.dialect).toBe('tensorflow_js');
    expect(model.layers[0]?.pointer).toMatch(/^\/modelTopology\/model_config\/config\/layers\/\d+$/);
    expect(model.outputNames).toEqual(['output', 'aux']);
  });

  it('is left as it came', () => {
    const definition = sequential(input([null, 3]), dense('d'));
    const before = structuredClone(definition);
    parseModel(definition);
    expect(definition).toEqual(before);
  });

  it("has Keras's defaults in its configs", () => {
    const [, layer] = parseModel(sequential(input([null, 3]), dense('d'))).layers;
    expect(layer?.config).toMatchObject({ units: 4, activation: 'linear', use_bias: true, trainable: true });
  });

  it('may be a TensorFlow.js model.json', () => {
    const layer = {
      class_name: 'Dense',
      config: { units: 2, batch_input_shape: [null, 3], activation: 'relu' },
    };
    const topology = {
      class_name: 'Sequential',
      config: { layers: [layer] },
      keras_version: 'tfjs-layers 4.22.0',
    };
    const model = parseModel({ format: 'layers-model', modelTopology: topology, weightsManifest: [] });
    expect(model.dialect).toBe('tensorflow_js');
    expect(model.layers.map(({ name }) => name)).toEqual(['dense_input', 'dense']);
  });

  it('means the hard_sigmoid of the Keras that wrote it', () => {
    const definition = sequential(input([null, 3]), dense('d', { activation: 'hard_sigmoid' }));
    expect(parseModel(definition).layers[1]?.config.activation).toBe('hard_sigmoid');
    const layer = { ...dense('d', { activation: 'hard_sigmoid', batch_input_shape: [null, 3] }) };
    const two = { class_name: 'Sequential', config: { layers: [layer] }, keras_version: '2.15.0' };
    expect(parseModel(two).layers[1]?.config.activation).toBe('keras_2_hard_sigmoid');
  });

  it('takes any batch, whatever batch a Sequential model was built with', () => {
    const definition = { ...sequential(dense('d')), build_config: { input_shape: [32, 5] } };
    expect(parseModel(definition).layers[0]?.config.batch_shape).toEqual([null, 5]);
  });

  it('keeps the mode that Keras 2 calls a layer in, which Keras 3 overrules', () => {
    const dropout = { class_name: 'Dropout', config: { name: 'd', rate: 0.5 } };
    const three = call('x');
    const model = parseModel(
      functional(
        [on(input([null, 3])), on(dropout, { ...three, kwargs: { training: false } })],
        ['x', 0, 0],
        ['d', 0, 0],
      ),
    );
    expect(model.layers[1]?.calls[0]?.keywordArguments).toEqual({});
    const two = parseModel({
      ...functional(
        [
          on(input([null, 3])),
          { ...dropout, name: 'd', inbound_nodes: [[['x', 0, 0, { training: false }]]] },
        ],
        [['x', 0, 0]],
        [['d', 0, 0]],
      ),
      keras_version: '2.15.0',
    });
    expect(two.layers[1]?.calls[0]?.keywordArguments).toEqual({ training: false });
  });
});

describe('a definition that cannot be used is refused with', () => {
  it('the place and reason of broken JSON', () => {
    expect(problemsOf('{"class_name": ')[0]).toMatchObject({
      pointer: '',
      message: expect.stringContaining('not valid JSON'),
    });
  });

  it.each([[null], [3], [[]], [{}], ['"text"'], [{ class_name: 'Dense' }]])(
    'what was expected, for %j',
    (definition) => {
      expect(problemsOf(definition)[0]).toMatchObject({
        pointer: '',
        expected: expect.stringContaining('model.to_json()'),
      });
    },
  );

  it('the nearest layer class for one that does not exist', () => {
    const [problem] = problemsOf(
      sequential(input([null, 3]), { class_name: 'Dence', config: { name: 'd', units: 1 } }),
    );
    expect(problem).toEqual({
      pointer: '/config/layers/1/class_name',
      message: 'The layer class Dence is not available. Did you mean Dense?',
      layer: 'd',
      received: 'Dence',
    });
  });

  it('every wrong option at once, each by its pointer', () => {
    const problems = problemsOf(
      sequential(input([null, 3]), dense('a', { units: -1 }), dense('b', { unit: 3, activation: 'rellu' })),
    );
    expect(problems.map(({ pointer }) => pointer)).toEqual([
      '/config/layers/1/config/units',
      '/config/layers/2/config/activation',
      '/config/layers/2/config/unit',
    ]);
    expect(problems[1]?.message).toContain('relu');
    expect(problems[2]?.message).toContain('Did you mean units?');
  });

  it('the key as it was sent, where Keras 3 calls it otherwise', () => {
    const leaky = { class_name: 'LeakyReLU', config: { name: 'l', alpha: -2 } };
    const layers = [{ class_name: 'InputLayer', config: { batch_input_shape: [null, 3], name: 'x' } }, leaky];
    expect(
      problemsOf({ class_name: 'Sequential', config: { layers }, keras_version: '2.15.0' })[0]?.pointer,
    ).toBe('/config/layers/1/config/alpha');
  });

  it('the layer, the shape that came and the one that would be right', () => {
    const [problem] = problemsOf(sequential(input([null]), dense('d')));
    expect(problem).toMatchObject({
      pointer: '/config/layers/1',
      layer: 'd',
      message: expect.stringContaining('[null]'),
    });
  });

  it('a way to give a Sequential model its input shape', () => {
    expect(problemsOf(sequential(dense('d')))[0]).toMatchObject({
      pointer: '/config/layers',
      expected: expect.stringContaining('keras.Input(shape=(...))'),
    });
  });

  it('the name that is used twice', () => {
    expect(problemsOf(sequential(input([null, 3]), dense('d'), dense('d')))[0]).toMatchObject({
      pointer: '/config/layers/2/name',
      received: 'd',
    });
  });

  it('the layers of a cycle', () => {
    const layers = [on(input([null, 4])), on(dense('a'), call('b')), on(dense('b'), call('a'))];
    expect(problemsOf(functional(layers, ['x', 0, 0], ['b', 0, 0]))[0]).toMatchObject({
      pointer: '/config/layers/1/inbound_nodes/0',
      message: expect.stringContaining('cycle'),
    });
  });

  it('the tensor that nothing makes, and the nearest name', () => {
    const layers = [on(input([null, 4], 'features')), on(dense('a'), call('feature'))];
    expect(problemsOf(functional(layers, ['features', 0, 0], ['a', 0, 0]))[0]).toMatchObject({
      pointer: '/config/layers/1/inbound_nodes/0',
      layer: 'a',
      message: 'There is no layer feature. Did you mean features?',
    });
  });

  it('an output that the layer does not have', () => {
    const layers = [on(input([null, 4])), on(dense('a'), call('x'))];
    expect(problemsOf(functional(layers, ['x', 0, 0], ['a', 0, 1]))[0]).toMatchObject({
      message: 'The layer a has no output number 1',
    });
    expect(problemsOf(functional(layers, ['x', 0, 0], ['a', 3, 0]))[0]).toMatchObject({
      pointer: '/config/output_layers',
      message: 'The layer a has no call number 3',
    });
  });

  it('a layer that no output needs, where Keras would keep its weights', () => {
    const layers = [
      { ...input([null, 4]), name: 'x', inbound_nodes: [] },
      { ...dense('a'), name: 'a', inbound_nodes: [[['x', 0, 0, {}]]] },
      { ...dense('b'), name: 'b', inbound_nodes: [[['a', 0, 0, {}]]] },
    ];
    const two = { ...functional(layers, [['x', 0, 0]], [['a', 0, 0]]), keras_version: '2.15.0' };
    expect(problemsOf(two)[0]).toMatchObject({ pointer: '/config/layers/2', layer: 'b' });
    const three = functional(
      [on(input([null, 4])), on(dense('a'), call('x')), on(dense('b'), call('a'))],
      ['x', 0, 0],
      ['a', 0, 0],
    );
    expect(parseModel(three).layers.map(({ name }) => name)).toEqual(['x', 'a']);
  });

  it('an Input layer that is not among the inputs', () => {
    const layers = [on(input([null, 4])), on(input([null, 4], 'y')), on(dense('a'), call('x'))];
    expect(problemsOf(functional(layers, ['x', 0, 0], ['a', 0, 0]))[0]?.message).toContain('InputLayer y');
  });

  it('the nested model in which something is wrong', () => {
    const inner = sequential(input([null, 4]), dense('d', { units: 0 }));
    expect(problemsOf(sequential(input([null, 4]), inner))[0]?.pointer).toBe(
      '/config/layers/1/config/layers/1/config/units',
    );
  });

  it('the shapes of a nested model that is called on another shape', () => {
    const inner = sequential(input([null, 4]), dense('d'));
    expect(problemsOf(sequential(input([null, 5]), inner))[0]?.message).toMatch(/\[null,4\].*\[null,5\]/);
  });

  it('a reason rather than an overflow, when it is nested without end', () => {
    let definition: JsonValue = {};
    for (let depth = 0; depth < 5000; depth++) definition = { config: definition };
    expect(problemsOf({ class_name: 'Sequential', config: definition })[0]?.message).toContain('levels deep');
  });

  it("a way out of what only Python can run, for what Keras's own files hold", () => {
    for (const { refused } of [readGallery('keras-3'), readGallery('keras-2')]) {
      expect(problemsOf(refused.lambda!)[0]?.message).toContain('Rescaling');
      expect(problemsOf(refused.subclassed!)[0]?.message).toContain('Functional API');
      expect(problemsOf(refused.operators!)[0]?.message).toContain('Use a layer instead');
      expect(problemsOf(refused.explicit_mask!)[0]?.message).toContain('outside of layers');
      expect(problemsOf(refused.unbuilt!)[0]?.expected).toContain('model.build');
    }
  });
});
