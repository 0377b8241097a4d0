/** The batches of one epoch. Without `steps_per_epoch` it is every batch of the data. */
export interface EpochPlan {
  /** The epoch whose permutation is used: a pass over the data may take several epochs. */
  readonly passEpoch: number;
  /** Number, in that pass, of the first batch. */
  readonly firstBatch: number;
  readonly steps: number;
}

/** Batches in one pass over the data; the last may be partial. */
export const batchesOf = (rows: number, batchSize: number): number => Math.ceil(rows / batchSize);

/**
 * What Keras's iterator yields in an epoch: with `steps_per_epoch` a pass over the data goes on through several epochs, and the
 * epoch in which the data ends is shorter.
 */
export const planEpoch = (
  epoch: number,
  options: { initialEpoch: number; batches: number; stepsPerEpoch?: number | undefined },
): EpochPlan => {
  const steps = Math.min(options.stepsPerEpoch ?? options.batches, options.batches);
  const epochsInPass = Math.ceil(options.batches / steps);
  const epochInPass = (epoch - options.initialEpoch) % epochsInPass;
  const firstBatch = epochInPass * steps;
  return {
    passEpoch: epoch - epochInPass,
    firstBatch,
    steps: Math.min(steps, options.batches - firstBatch),
  };
};
