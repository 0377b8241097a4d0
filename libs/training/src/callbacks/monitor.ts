import { fromWireNumber, toWireNumber, wireNumberSchema, type JsonValue } from '@epochal/contracts';
import { TrainingError } from '../training-error.js';
import type { LogValues, TrainingControl } from './callback.js';

export interface MonitorOptions {
  readonly className: string;
  readonly monitor: string;
  readonly mode: 'auto' | 'min' | 'max';
  readonly minDelta: number;
  readonly best: number | null;
}

/** What Keras's callbacks that monitor a log share: its best value so far and what counts as better (`MonitorCallback`). */
export class Monitor {
  best: number | null;
  #direction: 'up' | 'down' | null = null;
  #warned = false;

  constructor(
    private readonly options: MonitorOptions,
    private readonly control: TrainingControl,
  ) {
    this.best = options.best;
  }

  /** The monitored value, or undefined with one warning when the logs do not have it. */
  read(logs: LogValues): number | undefined {
    const { className, monitor } = this.options;
    const value = logs[monitor];
    if (value === undefined && !this.#warned) {
      this.#warned = true;
      this.control.warn(
        `${className} monitors ${monitor}, which is not available. Available are: ${Object.keys(logs).join(', ')}`,
      );
    }
    return value;
  }

  /** Whether `value` beats `reference` by more than min_delta. NaN never does. */
  isImprovement(value: number, reference: number | null): boolean {
    const direction = this.#resolveDirection();
    if (reference === null) return true;
    // Keras compares float32 tensors: what differs less than they can tell is no improvement.
    const [minDelta, best] = [this.options.minDelta, Math.fround(reference)];
    return direction === 'up' ? Math.fround(value - minDelta) > best : Math.fround(value + minDelta) < best;
  }

  /** @throws TrainingError when the mode is auto and neither the name nor the metric tells the direction. */
  #resolveDirection(): 'up' | 'down' {
    const { className, mode, monitor } = this.options;
    if (mode !== 'auto') return mode === 'max' ? 'up' : 'down';
    this.#direction ??= this.control.directionOf(monitor);
    if (this.#direction === null)
      throw new TrainingError(
        'invalid_callback',
        `${className} monitors ${monitor}, and whether it should rise or fall is not known: ` +
          'give mode "max" or "min"',
      );
    return this.#direction;
  }
}

/** A number or null as checkpoints hold it: JSON has no NaN. */
export const storeNumber = (value: number | null): JsonValue => (value === null ? null : toWireNumber(value));
export const restoreNumber = (value: JsonValue | undefined): number | null =>
  value === null || value === undefined ? null : fromWireNumber(wireNumberSchema.parse(value));
