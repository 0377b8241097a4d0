import type { ModelDetails } from '@epochal/model-spec';
import type { ThreadCounts } from '@epochal/tensorflow';

/**
 * Work of a step up to which one thread is fastest: handing a part to a second one costs more than it saves. Measured on two
 * cores (Dense layers, Adam): at 3 million a second thread cost a half more time, at 7 million it saved a quarter, from 25 million on a half.
 */
const ONE_THREAD_WORK = 5_000_000;

/** What an optimizer does to each weight in a step, whatever the batch, in multiplications: Adam takes a dozen passes over memory. */
const UPDATE_WORK = 50;

/** Positions to which a layer applies the same weights, such as pixels or time steps: all sizes but batch and channels. */
const positionsOf = (shape: readonly (number | null)[]): number =>
  shape.slice(1, -1).reduce<number>((positions, size) => positions * (size ?? 1), 1);

type InferredLayers = ModelDetails['layers'];

const sizeOf = (shapes: readonly { readonly shape: readonly number[] }[]): number =>
  shapes.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Multiplications in a forward pass over one row. */
const multiplicationsOf = (layers: InferredLayers): number =>
  layers.reduce((total, { weights, calls, model }) => {
    if (model !== undefined) return total + multiplicationsOf(model.layers) * calls.length;
    const positions = calls.map(({ inputs, outputs }) =>
      Math.max(1, ...[...inputs, ...outputs].map(positionsOf)),
    );
    return total + sizeOf(weights) * positions.reduce((sum, count) => sum + count, 0);
  }, 0);

/**
 * How many threads TensorFlow should have to train a model fastest. They are fixed when TensorFlow is loaded, so this looks
 * only at the model's description.
 * @param cores that the process may use
 */
export const chooseThreadCounts = (
  { layers, parameters }: Pick<ModelDetails, 'layers' | 'parameters'>,
  batchSize: number,
  cores: number,
): ThreadCounts => {
  const work = multiplicationsOf(layers) * batchSize + parameters.trainable * UPDATE_WORK;
  const threads = Math.max(1, Math.min(cores, Math.ceil(work / ONE_THREAD_WORK)));
  // Two operations at a time: the gradients of a layer's weights and of its inputs do not depend on each other.
  return { intraOp: threads, interOp: Math.min(2, threads) };
};
