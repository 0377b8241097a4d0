/** A call grows at most so many times over the one before: a lucky measurement must not lead to a call of minutes. */
const GREATEST_GROWTH = 16;

/**
 * Decides how many steps one native call runs, from the time that the calls before took, so that it returns within
 * `secondsPerCall`: only between calls are events sent and stop, pause and checkpoint requests answered.
 */
export class StepPacer {
  #lastCount = 0;
  #secondsPerStep = Infinity;

  constructor(private readonly secondsPerCall: number) {}

  /** @returns steps of the next call: at least 1, at most `remaining`. */
  next(remaining: number): number {
    const affordable = Math.floor(this.secondsPerCall / this.#secondsPerStep);
    const greatest = Math.max(1, this.#lastCount * GREATEST_GROWTH);
    return Math.max(1, Math.min(remaining, affordable, greatest));
  }

  /** The first call of a graph also builds it, so each measurement replaces the one before. */
  record(steps: number, seconds: number): void {
    this.#lastCount = steps;
    this.#secondsPerStep = seconds / steps;
  }
}
