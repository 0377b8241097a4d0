import type { RunSpec } from '@epochal/contracts';

/** When a checkpoint is due by the job's policy: after every n epochs, but not sooner than some seconds after the last. */
export class CheckpointSchedule {
  #lastSaved: number;

  constructor(
    private readonly policy: RunSpec['checkpoints'],
    private readonly clock: () => number = () => performance.now() / 1000,
  ) {
    this.#lastSaved = clock();
  }

  isDue(epochsCompleted: number): boolean {
    const { every_epochs: every, min_interval_seconds: interval } = this.policy;
    return epochsCompleted % every === 0 && this.clock() - this.#lastSaved >= interval;
  }

  /** To be called whenever a checkpoint was saved, due or not. */
  saved(): void {
    this.#lastSaved = this.clock();
  }
}
