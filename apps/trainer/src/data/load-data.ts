import path from 'node:path';
import type { JsonObject, RunSpec, Shape } from '@epochal/contracts';
import { encodeDataset, type EncodedSplit } from '@epochal/datasets';
import type { ModelDetails } from '@epochal/model-spec';
import type { Samples } from '@epochal/training';
import { asInput, asTarget, matchTensors } from './match-tensors.js';

export interface LoadedData {
  readonly train: Samples;
  readonly validation: Samples | null;
  readonly test: Samples | null;
  /** Shape of each output's targets with the batch dimension; null for an output without targets. */
  readonly targetShapes: readonly (Shape | null)[];
  /** How columns were encoded, as checkpoints keep it. */
  readonly preprocessing: JsonObject;
}

const samplesOf = (split: EncodedSplit, { inputs, outputs }: ModelDetails): Samples => {
  const targets = matchTensors(split.y, outputs, 'y');
  return {
    rows: split.rows,
    inputs: matchTensors(split.x, inputs, 'x').map((encoded, index) => asInput(encoded, inputs[index]!)),
    targets: targets.flatMap((encoded, index) =>
      encoded === undefined ? [] : [asTarget(encoded, outputs[index]!)],
    ),
    weights: split.sampleWeight,
  };
};

/**
 * Reads the rows, splits and encodes them, and brings them into the shapes of the model.
 * @throws InvalidDataError, TrainingError for what the user can mend
 */
export const loadData = async (
  spec: RunSpec,
  dataFolder: string,
  model: ModelDetails,
): Promise<LoadedData> => {
  const { train, validation, test, preprocessing } = await encodeDataset({
    parquetPath: path.join(dataFolder, spec.dataset.path),
    rows: spec.dataset.rows,
    columns: spec.dataset.columns,
    data: spec.data,
    ...(spec.fit.sample_weight !== undefined && { sampleWeight: spec.fit.sample_weight }),
  });
  const samples = samplesOf(train, model);
  const shapes = samples.targets.map(({ shape }): Shape => [null, ...shape]);
  const hasTarget = matchTensors(train.y, model.outputs, 'y').map((encoded) => encoded !== undefined);
  return {
    train: samples,
    validation: validation.rows === 0 ? null : samplesOf(validation, model),
    test: test.rows === 0 ? null : samplesOf(test, model),
    targetShapes: hasTarget.map((present) => (present ? shapes.shift()! : null)),
    preprocessing: preprocessing as unknown as JsonObject,
  };
};
