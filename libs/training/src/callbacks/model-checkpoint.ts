import type { JsonObject } from '@epochal/contracts';
import type { CallbackConfig } from '@epochal/model-spec';
import type { Callback, LogValues, TrainingControl } from './callback.js';
import { Monitor, restoreNumber, storeNumber } from './monitor.js';

/** `keras.callbacks.ModelCheckpoint`: asks for a checkpoint after each epoch, or after each that is the best so far. */
export class ModelCheckpoint implements Callback {
  readonly className = 'ModelCheckpoint';
  readonly #monitor: Monitor;

  constructor(
    private readonly config: CallbackConfig<'ModelCheckpoint'>,
    private readonly control: TrainingControl,
  ) {
    const { monitor, mode, initial_value_threshold: best } = config;
    this.#monitor = new Monitor({ className: this.className, monitor, mode, minDelta: 0, best }, control);
  }

  onEpochEnd(_epoch: number, logs: LogValues): void {
    if (this.#shouldSave(logs)) this.control.requestCheckpoint();
  }

  /** Without the monitored log Keras saves every epoch. */
  #shouldSave(logs: LogValues): boolean {
    if (!this.config.save_best_only) return true;
    const current = this.#monitor.read(logs);
    if (current === undefined) return true;
    if (!this.#monitor.isImprovement(current, this.#monitor.best)) return false;
    this.#monitor.best = current;
    return true;
  }

  state(): JsonObject {
    return { best: storeNumber(this.#monitor.best) };
  }

  restore(state: JsonObject): void {
    this.#monitor.best = restoreNumber(state['best']);
  }
}
