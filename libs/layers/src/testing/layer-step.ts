import { LAYERS, resolveLayer } from '@epochal/model-spec';
import { GraphProgram, RandomSource } from '@epochal/tensorflow';
import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { callLayer } from '../index.js';
import { initializeWeight } from '../initializers/index.js';

export interface LayerStep {
  readonly className: string;
  readonly config: JsonObject;
  readonly inputs: readonly tf.Tensor[];
  /** Of the inputs; none where they are left out. */
  readonly masks?: readonly (tf.Tensor | null)[];
  readonly keywordArguments?: JsonObject;
}

const STEPS = 3;

/** Bytes of the loss of each of a few training steps, and of all weights after them: eager, and traced into a graph. */
export function trainBothWays(given: LayerStep): { eager: string[]; traced: string[] } {
  return { eager: train(given, 'eager'), traced: train(given, 'traced') };
}

function train(given: LayerStep, way: 'eager' | 'traced'): string[] {
  const { class_name, config } = resolveLayer({ class_name: given.className, config: given.config });
  const definition = LAYERS[class_name]!;
  const shapes = given.inputs.map(({ shape }) => [null, ...shape.slice(1)]);
  const specs = definition.weights(config, shapes);
  const weights = specs.map((spec, index) =>
    tf.variable(initializeWeight(spec, tf.tensor1d([1, index], 'int32'))),
  );
  const count = tf.variable(tf.scalar(0, 'int32'), false);
  const step = (inputs: readonly tf.Tensor[]): tf.Tensor[] => {
    const loss = (...values: tf.Tensor[]) => {
      const byPath = Object.fromEntries(specs.map(({ path }, index) => [path, values[index]!]));
      const { outputs } = callLayer(class_name, config, inputs, byPath, {
        training: true,
        random: new RandomSource(5, count),
        masks: given.masks ?? inputs.map(() => null),
        keywordInputs: {},
        keywordArguments: given.keywordArguments ?? {},
        addLoss: () => undefined,
        updateWeight: () => undefined,
      });
      return tf.addN(outputs.map((output) => tf.mean(tf.square(output)))) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(loss)(weights);
    weights.forEach((weight, index) => weight.assign(tf.sub(weight, tf.mul(grads[index]!, 0.1))));
    count.assign(tf.add(count, tf.scalar(1, 'int32')));
    return [value];
  };
  const losses = way === 'eager' ? runEagerly(step, given) : runTraced(step, given, [...weights, count]);
  return [...losses, ...weights.map(bytesOf)];
}

const bytesOf = (tensor: tf.Tensor): string =>
  Buffer.from(new Uint8Array(tensor.dataSync<'float32'>().buffer)).toString('hex');

type Step = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

const runEagerly = (step: Step, { inputs }: LayerStep): string[] =>
  Array.from({ length: STEPS }, () => tf.tidy(() => bytesOf(step(inputs)[0]!)));

function runTraced(step: Step, { inputs }: LayerStep, variables: readonly tf.Variable[]): string[] {
  const program = new GraphProgram(variables);
  program.addFunction('step', step, inputs);
  const session = program.build();
  const losses = Array.from({ length: STEPS }, () =>
    tf.tidy(() => bytesOf(session.call('step', inputs)[0]!)),
  );
  session.pullVariables();
  session.dispose();
  return losses;
}
