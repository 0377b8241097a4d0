import type { JsonObject, Shape } from '@epochal/contracts';
import { LAYERS, resolveLayer, resolveLoss, resolveMetric, resolveOptimizer } from '@epochal/model-spec';
import { GraphProgram, loadTensorFlow, RandomSource, statelessNormal } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { callLayer, createLoss, createMetric, createOptimizer, initializeWeight } from './index.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

interface Network {
  readonly variables: tf.Variable[];
  readonly step: (inputs: readonly tf.Tensor[]) => tf.Tensor[];
}

/** A chain of layers with a loss, an optimizer and a metric; always with the same start. */
function network(layers: [string, JsonObject][], inputShape: Shape, optimizerConfig: JsonObject): Network {
  const seeds = new RandomSource(1, tf.scalar(0, 'int32'));
  let shape = inputShape;
  const parts = layers.map(([class_name, config], index) => {
    const resolved = resolveLayer({ class_name, config });
    const specs = LAYERS[class_name]!.weights(resolved.config, [shape]);
    const weights = specs.map((spec) => ({
      spec: { ...spec, path: `${index}/${spec.path}` },
      path: spec.path,
      variable: tf.variable(initializeWeight(spec, seeds.next())),
    }));
    [shape] = LAYERS[class_name]!.outputShapes(resolved.config, [shape]) as [Shape];
    return { className: class_name, config: resolved.config, weights };
  });
  const all = parts.flatMap(({ weights }) => weights);
  const trainable = all.filter(({ spec }) => spec.trainable);
  const loss = createLoss(resolveLoss('categorical_crossentropy'));
  const metrics = ['accuracy', 'AUC', 'mse'].map((name) =>
    createMetric(resolveMetric(name, { outputShape: shape, targetShape: shape }), { outputShape: shape }),
  );
  const optimizer = createOptimizer(
    resolveOptimizer({ class_name: 'AdamW', config: optimizerConfig }),
    trainable.map(({ spec, variable }) => ({ path: spec.path, variable })),
  );
  const forward = (input: tf.Tensor, random: RandomSource, updates: Map<tf.Variable, tf.Tensor>) =>
    parts.reduce((x, { className, config, weights }) => {
      const byPath = Object.fromEntries(weights.map(({ path, variable }) => [path, variable]));
      const { outputs } = callLayer(className, config, [x], byPath, {
        training: true,
        random,
        masks: [null],
        keywordInputs: {},
        keywordArguments: {},
        addLoss: () => {},
        updateWeight: (path, value) => updates.set(byPath[path]!, tf.keep(value)),
      });
      return outputs[0]!;
    }, input);
  const step = ([x, y]: readonly tf.Tensor[]) => {
    const random = new RandomSource(2, optimizer.iterations);
    const updates = new Map<tf.Variable, tf.Tensor>();
    let output: tf.Tensor | undefined;
    const { value, grads } = tf.variableGrads(
      () => {
        const predicted = forward(x!, random, updates);
        output = tf.keep(predicted);
        return loss.compute(y!, predicted) as tf.Scalar;
      },
      trainable.map(({ variable }) => variable),
    );
    for (const [variable, next] of updates) variable.assign(next);
    optimizer.apply(trainable.map(({ variable }) => grads[variable.name] ?? null));
    for (const metric of metrics) metric.update(y!, output!);
    return [value, ...metrics.map((metric) => metric.result())];
  };
  const variables = [
    ...all.map(({ variable }) => variable),
    ...optimizer.slots.map(({ variable }) => variable),
    optimizer.iterations,
    ...(optimizer.learningRate === null ? [] : [optimizer.learningRate]),
    ...metrics.flatMap((metric) => metric.variables),
  ];
  return { variables, step };
}

const SCHEDULE = {
  class_name: 'CosineDecay',
  config: { initial_learning_rate: 0.01, decay_steps: 10 },
};

const NETWORKS: [string, [string, JsonObject][], number[], JsonObject][] = [
  [
    'dense, with dropout and normalizations',
    [
      ['Dense', { units: 8, activation: 'selu' }],
      ['BatchNormalization', {}],
      ['Dropout', { rate: 0.3 }],
      ['LayerNormalization', {}],
      ['GaussianNoise', { stddev: 0.1 }],
      ['Dense', { units: 3, activation: 'softmax' }],
    ],
    [5],
    { use_ema: true, global_clipnorm: 1, gradient_accumulation_steps: 2 },
  ],
  [
    'convolutional, with augmentation',
    [
      ['RandomFlip', {}],
      ['RandomRotation', { factor: 0.1 }],
      ['Conv2D', { filters: 4, kernel_size: 3, padding: 'same', activation: 'relu' }],
      ['BatchNormalization', {}],
      ['MaxPooling2D', { pool_size: 2 }],
      ['SeparableConv2D', { filters: 4, kernel_size: 3 }],
      ['GlobalAveragePooling2D', {}],
      ['Dense', { units: 3, activation: 'softmax' }],
    ],
    [8, 8, 2],
    { learning_rate: SCHEDULE },
  ],
];

test.each(NETWORKS)(
  'a traced step of a %s network does what the eager step does',
  (_name, layers, rowShape, config) => {
    const batch = 6;
    const batches = Array.from({ length: 4 }, (_, index) => [
      statelessNormal([batch, ...rowShape], tf.tensor1d([9, index], 'int32')),
      tf.oneHot(
        tf.tensor1d(
          [0, 1, 2, 2, 1, 0].map((label) => (label + index) % 3),
          'int32',
        ),
        3,
        1,
        0,
        'float32',
      ),
    ]);
    const [eager, traced] = [0, 1].map(() => network(layers, [null, ...rowShape], config)) as [
      Network,
      Network,
    ];
    const expected = batches.map((inputs) => tf.tidy(() => eager.step(inputs).map((x) => x.dataSync()[0]!)));

    const program = new GraphProgram(traced.variables);
    const specs = [rowShape, [3]].map((shape) => ({ shape: [batch, ...shape], dtype: 'float32' as const }));
    program.addFunction('step', traced.step, specs);
    const session = program.build();
    const found = batches.map((inputs) => session.call('step', inputs).map((x) => x.dataSync()[0]!));
    session.pullVariables();
    session.dispose();

    found.flat().forEach((value, index) => expect(value).toBeCloseTo(expected.flat()[index]!, 5));
    traced.variables.forEach((variable, index) => {
      const difference = tf.max(tf.abs(tf.sub(variable, eager.variables[index]!))).dataSync()[0]!;
      expect(difference).toBeLessThan(1e-5);
    });
  },
);
