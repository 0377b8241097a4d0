import {
  ACTIVATIONS,
  CONSTRAINTS,
  LAYERS,
  LEARNING_RATE_SCHEDULES,
  LOSSES,
  METRICS,
  OPTIMIZERS,
  REGULARIZERS,
} from '@epochal/model-spec';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('cases/', import.meta.url);

/** Class names in the files of cases that begin so; activations have a name alone. */
function compared(prefix: string): Set<string> {
  return new Set(
    readdirSync(folder)
      .filter((file) => file.startsWith(prefix))
      .flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>[])
      .map((each) => each['class_name'] ?? each['name']!),
  );
}

const without = (catalogue: object, names: ReadonlySet<string>): string[] =>
  Object.keys(catalogue).filter((name) => !names.has(name));

test.each([
  ['constraints', CONSTRAINTS],
  ['losses', LOSSES],
  ['metrics', METRICS],
  ['optimizers', OPTIMIZERS],
  ['regularizers', REGULARIZERS],
  ['schedules', LEARNING_RATE_SCHEDULES],
])('all %s are compared with Keras', (section, catalogue) => {
  expect(without(catalogue, compared(section))).toEqual([]);
});

test('all activation functions of Keras 3 are compared with it', () => {
  const ofKeras2 = ['keras_2_hard_sigmoid'];
  expect(without(ACTIVATIONS, compared('activations'))).toEqual(ofKeras2);
});

test('all layers are compared with Keras, but for those that never stand alone', () => {
  // An input computes nothing; stacked cells are compared within RNN.
  expect(without(LAYERS, compared('layers-'))).toEqual(['InputLayer', 'StackedRNNCells']);
});
