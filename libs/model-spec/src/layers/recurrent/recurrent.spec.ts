import type { JsonObject } from '@epochal/contracts';
import { expect, test } from 'vitest';
import { LAYERS, resolveLayer } from '../index.js';

const layer = (class_name: string, config: JsonObject): JsonObject => ({ class_name, config });
const resolve = (className: string, config: JsonObject) => resolveLayer(layer(className, config) as never);
const lstm = (config: JsonObject = {}) => layer('LSTM', { units: 2, ...config });

test.each([
  ['LSTM', { units: 2, stateful: true }, 'stateful: expected false: batches are shuffled'],
  ['RNN', { cell: layer('Dense', { units: 2 }) }, 'cell: expected a cell (SimpleRNNCell, LSTMCell'],
  ['RNN', { cell: [layer('LSTMCell', { units: 0 })] }, 'cell.config.cells.0.config.units'],
  ['Bidirectional', { layer: layer('Dense', { units: 2 }) }, 'layer: expected a recurrent layer'],
  ['Bidirectional', { layer: lstm({ go_backwards: true }) }, 'layer.config.go_backwards: expected false'],
  [
    'Bidirectional',
    { layer: lstm(), backward_layer: lstm({ go_backwards: true, return_state: true }) },
    'backward_layer.config.return_state: expected the same as in layer',
  ],
  ['Bidirectional', { layer: lstm(), merge_mode: 'add' }, 'merge_mode'],
  ['TimeDistributed', { layer: layer('Dens', { units: 2 }) }, 'Did you mean "Dense"?'],
  ['TimeDistributed', { layer: layer('Sequential', { layers: [] }) }, 'a whole model (Sequential)'],
  ['TimeDistributed', { layer: layer('Dense', { units: 'two' }) }, 'layer.config.units'],
])('%s says what is wrong in %j', (className, config, message) => {
  expect(() => resolve(className, config)).toThrow(message);
});

test.each([
  ['LSTM', { units: 2 }, [[null, 4]], 'LSTM takes inputs of rank 3'],
  ['GRU', { units: 2 }, [[null, 4, null]], 'GRU needs a known size along axis -1'],
  ['TimeDistributed', { layer: lstm({ return_state: true }) }, [[null, 3, 4, 2]], 'a layer with one output'],
])('%s does not fit inputs of other shapes', (className, config, inputs, message) => {
  const definition = LAYERS[className]!;
  const complete = resolve(className, config).config;
  expect(() => [definition.outputShapes(complete, inputs), definition.weights(complete, inputs)]).toThrow(
    message,
  );
});

test('the time axis may be of unknown length', () => {
  const { config } = resolve('LSTM', { units: 3, return_sequences: true, return_state: true });
  expect(LAYERS['LSTM']!.outputShapes(config, [[null, null, 4]])).toEqual([
    [null, null, 3],
    [null, 3],
    [null, 3],
  ]);
});
