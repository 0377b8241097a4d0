import type { JsonObject, Shape } from '@epochal/contracts';
import { callLayer, createRegularizer, type CallContext, type Mask } from '@epochal/layers';
import { LAYERS, resolveLayer, type WeightSpec } from '@epochal/model-spec';
import { loadTensorFlow, RandomSource } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { casesWithKeras, decode, decodeIfAny, difference, type EncodedTensor } from './keras.js';
import { LOOSE_TOLERANCE, TOLERANCE, report } from './report.js';

loadTensorFlow();

interface LayerCase {
  name: string;
  class_name: string;
  config: JsonObject;
  training?: boolean;
  tolerance?: 'loose';
  /** Left out for layers that have none here; docs/layers.md says which. */
  gradients?: false;
  arguments?: JsonObject;
  /** Keras leaves the mask of its softmax on the scores of an attention layer, where it has no meaning. */
  masks?: 'of the first output';
  /** Config keys that Keras itself changes when it builds the layer. */
  settled?: string[];
}

interface KerasLayer {
  config: JsonObject;
  inputs: EncodedTensor[];
  keywordInputs: Record<string, EncodedTensor[]>;
  masks: (EncodedTensor | null)[];
  weights: {
    path: string;
    trainable: boolean;
    value: EncodedTensor;
    after: EncodedTensor;
    gradient: EncodedTensor | null;
  }[];
  outputs: EncodedTensor[];
  outputMasks: (EncodedTensor | null)[];
  symbolicShapes: Shape[];
  cotangents: (EncodedTensor | null)[];
  inputGradients: (EncodedTensor | null)[];
  total: number;
}

/**
 * Tests that layers do what real Keras does: config, shapes, weights, outputs, masks, updated weights and gradients.
 * @param files of cases, in the folder `cases`
 */
export async function compareLayers(files: readonly string[]): Promise<void> {
  const cases = await casesWithKeras<LayerCase, KerasLayer>('layers', files);

  test.each(cases)('$case.name: all that the layer does is what Keras does', ({ case: given, keras }) => {
    const layer = new ComparedLayer(given, keras);
    layer.expectSameConfig();
    layer.expectSameShapes();
    layer.expectSameWeights();
    const differences = layer.differences();
    report('layers', given.class_name, differences);
    const tolerance = given.tolerance === 'loose' ? LOOSE_TOLERANCE : TOLERANCE;
    for (const [what, size] of Object.entries(differences)) expect(size, what).toBeLessThan(tolerance);
  });
}

class ComparedLayer {
  private readonly config: JsonObject;
  private readonly specs: WeightSpec[];

  constructor(
    private readonly given: LayerCase,
    private readonly keras: KerasLayer,
  ) {
    this.config = resolveLayer({ class_name: given.class_name, config: given.config }).config;
    this.specs = this.definition.weights(this.config, this.inputShapes);
  }

  private get definition() {
    return LAYERS[this.given.class_name]!;
  }

  private get inputShapes(): Shape[] {
    return this.keras.inputs.map(({ shape }) => [null, ...shape.slice(1)]);
  }

  expectSameConfig(): void {
    const fromKeras = resolveLayer({ class_name: this.given.class_name, config: this.keras.config }).config;
    for (const key of this.given.settled ?? []) fromKeras[key] = this.config[key]!;
    expect(comparable(this.config)).toEqual(comparable(fromKeras));
  }

  expectSameShapes(): void {
    expect(this.definition.outputShapes(this.config, this.inputShapes, this.given.arguments)).toEqual(
      this.keras.symbolicShapes,
    );
  }

  expectSameWeights(): void {
    const ours = this.specs.map(({ path, shape, trainable }) => ({ path, shape: [...shape], trainable }));
    const theirs = this.keras.weights.map(({ path, value, trainable }) => ({
      path,
      shape: value.shape,
      trainable,
    }));
    // A frozen layer has no trainable weights in Keras; ours says what could be trained.
    const isFrozen = this.config['trainable'] === false;
    expect(ours.map((weight) => (isFrozen ? { ...weight, trainable: false } : weight))).toEqual(theirs);
  }

  /** Largest differences of outputs, masks, updated weights, gradients and the total with penalties. */
  differences(): Record<string, number> {
    const { keras, specs } = this;
    const inputs = keras.inputs.map(decode);
    const weights = keras.weights.map(({ value }) => decode(value));
    const first = this.call(inputs, weights);
    const updated = keras.weights.map(({ path, after }, index) =>
      difference(first.updates[path] ?? weights[index]!, after),
    );
    const kept = first.outputs.map((output, index) => difference(output, keras.outputs[index]!));
    const expectedMasks = this.given.masks === undefined ? keras.outputMasks : keras.outputMasks.slice(0, 1);
    const masks = expectedMasks.map((mask, index) => sameMask(first.masks[index] ?? null, mask));

    const variables = [
      ...keras.inputs.flatMap((_input, index) =>
        keras.inputGradients[index] === null ? [] : [{ at: 'input' as const, index }],
      ),
      ...specs.flatMap((_spec, index) =>
        keras.weights[index]!.gradient === null ? [] : [{ at: 'weight' as const, index }],
      ),
    ];
    const values = variables.map(({ at, index }) => (at === 'input' ? inputs[index]! : weights[index]!));
    const expected = variables.map(({ at, index }) =>
      at === 'input' ? keras.inputGradients[index]! : keras.weights[index]!.gradient!,
    );
    const total = (...given: tf.Tensor[]) => {
      const [currentInputs, currentWeights] = [[...inputs], [...weights]];
      variables.forEach(({ at, index }, position) => {
        (at === 'input' ? currentInputs : currentWeights)[index] = given[position]!;
      });
      return this.total(currentInputs, currentWeights);
    };
    const result: Record<string, number> = {
      outputs: Math.max(...kept),
      masks: Math.max(0, ...masks),
      updated: Math.max(0, ...updated),
    };
    if (variables.length === 0 || this.given.gradients === false) return result;
    const { value, grads } = tf.valueAndGrads(total)(values);
    const scale = Math.max(1, Math.abs(keras.total));
    result['total'] = Math.abs(value.dataSync()[0]! - keras.total) / scale;
    result['gradients'] = Math.max(...grads.map((gradient, index) => difference(gradient, expected[index]!)));
    return result;
  }

  /** What the gradients in the fixture are of: outputs times fixed numbers, and penalties. */
  private total(inputs: tf.Tensor[], weights: tf.Tensor[]): tf.Scalar {
    const { outputs, losses } = this.call(inputs, weights);
    const products = outputs.flatMap((output, index) => {
      const cotangent = decodeIfAny(this.keras.cotangents[index] ?? null);
      return cotangent === null ? [] : [tf.sum(tf.mul(output, cotangent))];
    });
    const isFrozen = this.config['trainable'] === false;
    const penalties = this.specs.flatMap(({ regularizer = null, trainable }, index) =>
      regularizer === null || !trainable || isFrozen ? [] : [createRegularizer(regularizer)(weights[index]!)],
    );
    return tf.addN([...products, ...losses, ...penalties]) as tf.Scalar;
  }

  private call(inputs: tf.Tensor[], weights: tf.Tensor[]) {
    const losses: tf.Scalar[] = [];
    const updates: Record<string, tf.Tensor> = {};
    const context: CallContext = {
      training: this.given.training === true,
      random: new RandomSource(0, tf.scalar(0, 'int32')),
      masks: this.keras.masks.map(decodeIfAny),
      keywordInputs: Object.fromEntries(
        Object.entries(this.keras.keywordInputs).map(([key, tensors]) => [key, tensors.map(decode)]),
      ),
      keywordArguments: this.given.arguments ?? {},
      addLoss: (loss) => losses.push(loss),
      updateWeight: (path, value) => {
        updates[path] = value;
      },
    };
    const byPath = Object.fromEntries(this.specs.map(({ path }, index) => [path, weights[index]!]));
    const called = callLayer(this.given.class_name, this.config, inputs, byPath, context);
    return { ...called, losses, updates };
  }
}

/** 0 when both are the same mask or both none, else 1. */
function sameMask(actual: Mask, expected: EncodedTensor | null): number {
  if (actual === null || expected === null) return actual === expected ? 0 : 1;
  return difference(tf.cast(actual, 'bool'), expected);
}

/** Names and seeds are drawn by Keras; lists and numbers of a key mean the same. */
function comparable(config: JsonObject): unknown {
  return JSON.parse(JSON.stringify(config), (key, value: unknown) => {
    if (key === 'name' || key === 'seed') return null;
    return typeof value === 'number' ? Math.fround(value) : value;
  });
}
