import { jsonObjectSchema, type JsonObject } from '@epochal/contracts';
import type { ThreadCounts } from '@epochal/tensorflow';
import { TrainingError } from '@epochal/training';

/** What a checkpoint remembers beside the training. */
export interface CheckpointMemory {
  /** How columns were encoded: needed to predict with the model later. */
  readonly preprocessing: JsonObject;
  readonly threads: ThreadCounts;
}

export const writeMemory = ({
  preprocessing,
  threads: { intraOp, interOp },
}: CheckpointMemory): JsonObject => ({
  preprocessing,
  threads: { intraOp, interOp },
});

/** @throws TrainingError when the checkpoint was not written by this program */
export const readMemory = (extra: JsonObject): CheckpointMemory => {
  const preprocessing = jsonObjectSchema.safeParse(extra['preprocessing']);
  const { intraOp, interOp } = jsonObjectSchema.catch({}).parse(extra['threads']);
  if (!preprocessing.success || typeof intraOp !== 'number' || typeof interOp !== 'number')
    throw new TrainingError('invalid_checkpoint', 'the checkpoint does not say how its rows were encoded');
  return { preprocessing: preprocessing.data, threads: { intraOp, interOp } };
};

/** @throws TrainingError when the rows come out otherwise than when the checkpoint was made: then its numbers mean nothing here */
export const checkSameRows = (earlier: CheckpointMemory, now: CheckpointMemory): void => {
  if (JSON.stringify(earlier.preprocessing) === JSON.stringify(now.preprocessing)) return;
  throw new TrainingError('invalid_checkpoint', 'the checkpoint was made with other rows, or other columns');
};
