import {
  compileSchema,
  dataSchema,
  fitSchema,
  type ColumnProfile,
  type JsonObject,
  type JsonValue,
} from '@epochal/contracts';
import { describe, expect, it } from 'vitest';
import { readGallery } from '../definition/gallery.js';
import { parseModel } from '../definition/parse-model.js';
import { describeModel } from '../description/describe-model.js';
import { validateTraining } from './validate-training.js';

const { models } = readGallery('keras-3');
const mlp = describeModel(parseModel(models.mlp!.definition));
const wideAndDeep = describeModel(parseModel(models.wide_and_deep!.definition));
const classifier = describeModel(
  parseModel({
    class_name: 'Sequential',
    module: 'keras',
    config: {
      name: 'classifier',
      layers: [
        { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' } },
        { class_name: 'Dense', config: { name: 'classes', units: 3, activation: 'softmax' } },
      ],
    },
  }),
);

const column = (name: string, more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  type: 'number',
  missing: 0,
  distinct: 1000,
  min: 0,
  max: 10,
  mean: 5,
  standard_deviation: 1,
  median: 5,
  categories: null,
  ...more,
});
const text = (name: string, values: string[], more: Partial<ColumnProfile> = {}): ColumnProfile =>
  column(name, {
    type: 'string',
    distinct: values.length,
    min: null,
    max: null,
    categories: values.map((value) => ({ value, count: 10 })),
    ...more,
  });

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];
const columns = [
  ...letters.map((name) => column(name)),
  column('price'),
  column('bedrooms', { missing: 207 }),
  text('ocean_proximity', ['INLAND', 'NEAR BAY', 'ISLAND']),
  column('species', { type: 'integer', distinct: 3, min: 0, max: 2 }),
  column('weight'),
];

const problemsOf = (
  model: typeof mlp,
  data: JsonValue,
  compile: JsonObject = { loss: 'mse' },
  fit: JsonObject = {},
) =>
  validateTraining(
    model,
    { data: dataSchema.parse(data), compile: compileSchema.parse(compile), fit: fitSchema.parse(fit) },
    columns,
    data,
  );

const eight = letters.slice(0, 8);
const right = { x: eight, y: 'price' };
const both = {
  x: { wide_input: letters.slice(0, 5), deep_input: letters.slice(0, 6) },
  y: { output: 'price', aux: 'price' },
};

describe('a request that is right has no problems', () => {
  it.each<[string, typeof mlp, JsonValue, JsonObject]>([
    ['columns for one input', mlp, right, { loss: 'mse', metrics: ['mae'] }],
    [
      'five numbers and a text of three categories',
      mlp,
      { x: [...letters.slice(0, 5), 'ocean_proximity'], y: 'price' },
      { loss: 'huber' },
    ],
    [
      'a loss for each output, by name',
      wideAndDeep,
      both,
      { loss: { output: 'mse', aux: 'mae' }, loss_weights: { output: 0.9 } },
    ],
    [
      'a loss for each output, in order',
      wideAndDeep,
      both,
      { loss: ['mse', null], loss_weights: [0.9, 0.1] },
    ],
    ['one loss for all outputs', wideAndDeep, both, { loss: 'mse', metrics: [['mae'], []] }],
    [
      'class indexes for a sparse loss',
      classifier,
      { x: ['a', 'b'], y: 'species' },
      { loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] },
    ],
    [
      'texts as class indexes',
      classifier,
      { x: ['a', 'b'], y: { columns: ['ocean_proximity'], encoding: 'int' } },
      { loss: 'sparse_categorical_crossentropy' },
    ],
    [
      'texts as one-hot targets',
      classifier,
      { x: ['a', 'b'], y: 'ocean_proximity' },
      { loss: 'categorical_crossentropy' },
    ],
    [
      'missing values with an impute',
      mlp,
      { x: [...letters.slice(0, 7), { columns: ['bedrooms'], impute: 'median' }], y: 'price' },
      { loss: 'mse' },
    ],
  ])('%s', (_name, model, data, compile) => {
    expect(problemsOf(model, data, compile)).toEqual([]);
  });
});

describe('what is wrong with compile', () => {
  it.each<[string, typeof mlp, JsonObject, string, RegExp]>([
    [
      'an unknown loss',
      mlp,
      { loss: 'mean_square_error' },
      '/compile/loss',
      /Did you mean mean_squared_error/,
    ],
    [
      'an unknown optimizer',
      mlp,
      { loss: 'mse', optimizer: 'adamm' },
      '/compile/optimizer',
      /Did you mean adam/,
    ],
    [
      'an unknown option of an optimizer',
      mlp,
      { loss: 'mse', optimizer: { class_name: 'Adam', config: { lr: 1 } } },
      '/compile/optimizer/config',
      /lr/,
    ],
    [
      'a bad value of an option',
      mlp,
      { loss: 'mse', optimizer: { class_name: 'Adam', config: { beta_1: 2 } } },
      '/compile/optimizer/config/beta_1',
      /Adam\.beta_1/,
    ],
    [
      'an unknown metric',
      wideAndDeep,
      { loss: 'mse', metrics: { aux: ['mea'] } },
      '/compile/metrics/aux/0',
      /There is no metric mea/,
    ],
    [
      'a name that is no output',
      wideAndDeep,
      { loss: { output: 'mse', aux: 'mse', auxx: 'mse' } },
      '/compile/loss/auxx',
      /Did you mean aux/,
    ],
    [
      'an output without a loss',
      wideAndDeep,
      { loss: { output: 'mse' } },
      '/compile/loss',
      /no entry for the output aux/,
    ],
    [
      'too many losses',
      wideAndDeep,
      { loss: ['mse', 'mse', 'mse'] },
      '/compile/loss',
      /list of 3, but the model has 2/,
    ],
    [
      'weights for another number of outputs',
      wideAndDeep,
      { loss: 'mse', loss_weights: [1] },
      '/compile/loss_weights',
      /list of 1/,
    ],
    ['no loss at all', wideAndDeep, { loss: [null, null] }, '/compile/loss', /nothing to train/],
  ])('%s', (_name, model, compile, pointer, message) => {
    const problems = problemsOf(model, model === mlp ? right : both, compile);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ pointer, message: expect.stringMatching(message) });
  });
});

describe('what is wrong with data', () => {
  it.each<[string, typeof mlp, JsonValue, JsonObject, string, RegExp]>([
    [
      'a column that the dataset lacks, by its nearest name',
      mlp,
      { x: [...eight.slice(1), 'bedroms'], y: 'price' },
      { loss: 'mse' },
      '/data/x/7',
      /Did you mean bedrooms/,
    ],
    [
      'a column within a group',
      mlp,
      { x: { columns: [...eight.slice(1), 'q'] }, y: 'price' },
      { loss: 'mse' },
      '/data/x/columns/7',
      /no column q/,
    ],
    [
      'too few columns',
      mlp,
      { x: eight.slice(1), y: 'price' },
      { loss: 'mse' },
      '/data/x',
      /takes 8 numbers a row, but the columns make 7/,
    ],
    [
      'a width after one-hot encoding',
      mlp,
      { x: [...eight, 'ocean_proximity'], y: 'price' },
      { loss: 'mse' },
      '/data/x',
      /make 11/,
    ],
    [
      'texts as numbers',
      mlp,
      { x: [...eight.slice(1), { columns: ['ocean_proximity'], encoding: 'numeric' }], y: 'price' },
      { loss: 'mse' },
      '/data/x/7/columns/0',
      /holds texts/,
    ],
    [
      'missing values without an impute',
      mlp,
      { x: [...eight.slice(1), 'bedrooms'], y: 'price' },
      { loss: 'mse' },
      '/data/x/7',
      /207 missing values/,
    ],
    [
      'the mean of texts',
      mlp,
      { x: [...letters.slice(0, 5), { columns: ['ocean_proximity'], impute: 'mean' }], y: 'price' },
      { loss: 'mse' },
      '/data/x/5/columns/0',
      /has no mean/,
    ],
    [
      'one list for two inputs',
      wideAndDeep,
      { ...both, x: eight },
      { loss: 'mse' },
      '/data/x',
      /say which columns/,
    ],
    [
      'an input that is given nothing',
      wideAndDeep,
      { ...both, x: { wide_input: letters.slice(0, 5) } },
      { loss: 'mse' },
      '/data/x',
      /deep_input is given no columns/,
    ],
    [
      'a name that is no input',
      mlp,
      { x: { inputs: eight }, y: 'price' },
      { loss: 'mse' },
      '/data/x/inputs',
      /no input inputs/,
    ],
    [
      'one-hot targets for a sparse loss',
      classifier,
      { x: ['a', 'b'], y: 'ocean_proximity' },
      { loss: 'sparse_categorical_crossentropy' },
      '/data/y',
      /class indexes/,
    ],
    [
      'class indexes for a loss that is not sparse',
      classifier,
      { x: ['a', 'b'], y: 'species' },
      { loss: 'categorical_crossentropy' },
      '/data/y',
      /makes 3 numbers a row, but the target columns make 1/,
    ],
    [
      'numbers that are no class indexes',
      classifier,
      { x: ['a', 'b'], y: 'price' },
      { loss: 'sparse_categorical_crossentropy' },
      '/data/y',
      /does not hold class indexes/,
    ],
    [
      'a sparse loss for one unit',
      mlp,
      right,
      { loss: 'sparse_categorical_crossentropy' },
      '/data/y',
      /one unit for each class/,
    ],
  ])('%s', (_name, model, data, compile, pointer, message) => {
    const problems = problemsOf(model, data, compile);
    expect(problems[0]).toMatchObject({ pointer, message: expect.stringMatching(message) });
  });
});

describe('what is wrong with fit', () => {
  it.each<[string, JsonObject, string]>([
    ['a weight column that the dataset lacks', { sample_weight: 'wieght' }, '/fit/sample_weight'],
    ['a weight column of texts', { sample_weight: 'ocean_proximity' }, '/fit/sample_weight'],
    ['two kinds of weights', { sample_weight: 'weight', class_weight: { 0: 2 } }, '/fit/class_weight'],
  ])('%s', (_name, fit, pointer) => {
    expect(problemsOf(mlp, right, { loss: 'mse' }, fit).map((problem) => problem.pointer)).toEqual([pointer]);
  });
});

it('tells of everything at once', () => {
  const problems = problemsOf(
    mlp,
    { x: ['q', 'ocean_proximity'], y: 'z' },
    { loss: 'mze', optimizer: 'none' },
  );
  expect(problems.map(({ pointer }) => pointer)).toEqual([
    '/compile/optimizer',
    '/compile/loss',
    '/data/x/0',
    '/data/y',
  ]);
});
