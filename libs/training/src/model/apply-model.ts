import { callLayer, outputMasks, type Mask } from '@epochal/layers';
import {
  callsInOrder,
  type LayerDescription,
  type ModelDescription,
  type TensorReference,
} from '@epochal/model-spec';
import type { RandomSource } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from './create-model.js';

export interface ApplyOptions {
  readonly training: boolean;
  /** Seeds of dropout and noise; layers draw from it in the order of their calls. */
  readonly random: RandomSource;
}

export interface Applied {
  readonly outputs: readonly tf.Tensor[];
  /** Mask of each output; null where every step counts. */
  readonly masks: readonly Mask[];
  /** Penalties that layers added to the loss. */
  readonly losses: readonly tf.Scalar[];
  /** Next values of weights that layers update themselves, by path. */
  readonly updates: ReadonlyMap<string, tf.Tensor>;
}

interface MaskedTensor {
  readonly tensor: tf.Tensor;
  /** What a layer finds on the tensor. */
  readonly mask: Mask;
  /** What it would find if no layer took masks off tensors: Keras 3 writes this one into its graphs. */
  readonly graphMask: Mask;
}

/** Keras 3's MultiHeadAttention takes the masks off its inputs, so that layers called on them afterwards find none. */
const takesMasksOff = ({ className }: LayerDescription, { dialect }: ModelDescription): boolean =>
  className === 'MultiHeadAttention' && dialect === 'keras_3';

const key = (layer: string, call: number, tensor: number): string => `${call} ${tensor} ${layer}`;

const withSameMasks = (output: MaskedTensor): MaskedTensor => ({ ...output, graphMask: output.mask });

/** One application of a model, with all that its layers leave behind. */
class Application {
  readonly losses: tf.Scalar[] = [];
  readonly updates = new Map<string, tf.Tensor>();

  constructor(
    private readonly model: Model,
    private readonly options: ApplyOptions,
  ) {}

  /** @param scope names of the models around this one */
  run(
    model: ModelDescription,
    inputs: readonly MaskedTensor[],
    scope: readonly string[],
    training: boolean,
  ): MaskedTensor[] {
    const made = new Map<string, MaskedTensor>();
    model.inputs.forEach(({ layer, call, tensor }, index) =>
      made.set(key(layer, call, tensor), inputs[index]!),
    );
    const find = ({ layer, call, tensor }: TensorReference): MaskedTensor =>
      made.get(key(layer, call, tensor))!;
    for (const { layer, call } of callsInOrder(model)) {
      if (layer.className === 'InputLayer') continue;
      const outputs = this.#call(layer, call, find, { scope, training });
      outputs.forEach((output, tensor) => made.set(key(layer.name, call, tensor), output));
      if (!takesMasksOff(layer, model)) continue;
      for (const reference of layer.calls[call]!.inputs) {
        made.set(key(reference.layer, reference.call, reference.tensor), { ...find(reference), mask: null });
      }
    }
    return model.outputs.map(find);
  }

  #call(
    layer: LayerDescription,
    call: number,
    find: (reference: TensorReference) => MaskedTensor,
    around: { scope: readonly string[]; training: boolean },
  ): MaskedTensor[] {
    const { inputs: references, keywordInputs, keywordArguments, mask: source } = layer.calls[call]!;
    const found = references.map(find);
    const inputs = source === undefined ? found : found.map((input) => ({ ...input, mask: input.graphMask }));
    const scope = [...around.scope, layer.name];
    const own = keywordArguments['training'];
    const training = typeof own === 'boolean' ? own : around.training;
    if (layer.model !== undefined) {
      // The graph of an inner model was made without the masks of what it is called on.
      const inner = inputs.map((input) => ({ ...input, graphMask: null }));
      return this.run(layer.model, inner, scope, training).map(withSameMasks);
    }
    const tensors = inputs.map(({ tensor }) => tensor);
    const { outputs, masks } = callLayer(layer.className, layer.config, tensors, this.#weights(scope), {
      training,
      random: this.options.random,
      masks: inputs.map(({ mask }) => mask),
      keywordInputs: Object.fromEntries(
        Object.entries(keywordInputs).map(([name, list]) => [
          name,
          list.map((reference) => find(reference).tensor),
        ]),
      ),
      keywordArguments,
      addLoss: (loss) => this.losses.push(loss),
      updateWeight: (path, value) => this.updates.set([...scope, path].join('/'), value),
    });
    const isSame = inputs.every(({ mask, graphMask }) => mask === graphMask);
    const graphMasks = isSame
      ? masks
      : outputMasks(
          layer.className,
          layer.config,
          tensors,
          inputs.map(({ graphMask }) => graphMask),
          outputs.length,
        );
    return outputs.map((tensor, index) => ({ tensor, mask: masks[index]!, graphMask: graphMasks[index]! }));
  }

  /** A layer that is called twice in a step sees, the second time, what it updated the first time. */
  #weights(scope: readonly string[]): Record<string, tf.Tensor> {
    const prefix = `${scope.join('/')}/`;
    const weights: Record<string, tf.Tensor> = {};
    for (const [path, { variable }] of this.model.variables)
      if (path.startsWith(prefix)) weights[path.slice(prefix.length)] = this.updates.get(path) ?? variable;
    return weights;
  }
}

/** Computes a model's outputs from one tensor an input, in order. It changes no variable: updates are returned. */
export const applyModel = (model: Model, inputs: readonly tf.Tensor[], options: ApplyOptions): Applied => {
  const application = new Application(model, options);
  const masked = inputs.map((tensor) => ({ tensor, mask: null, graphMask: null }));
  const outputs = application.run(model.description, masked, [], options.training);
  return {
    outputs: outputs.map(({ tensor }) => tensor),
    masks: outputs.map(({ mask }) => mask),
    losses: application.losses,
    updates: application.updates,
  };
};
