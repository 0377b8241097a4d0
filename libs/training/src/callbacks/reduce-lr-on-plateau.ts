import type { JsonObject } from '@epochal/contracts';
import type { CallbackConfig } from '@epochal/model-spec';
import type { Callback, TrainingControl } from './callback.js';
import { Monitor, restoreNumber, storeNumber } from './monitor.js';

/** `keras.callbacks.ReduceLROnPlateau`: lowers the learning rate once a log has not improved for `patience` epochs. */
export class ReduceLROnPlateau implements Callback {
  readonly className = 'ReduceLROnPlateau';
  readonly #monitor: Monitor;
  #wait = 0;
  #cooldownCounter = 0;

  constructor(
    private readonly config: CallbackConfig<'ReduceLROnPlateau'>,
    private readonly control: TrainingControl,
  ) {
    const { monitor, mode } = config;
    const minDelta = Math.abs(config.min_delta);
    this.#monitor = new Monitor({ className: this.className, monitor, mode, minDelta, best: null }, control);
  }

  /** Adds `learning_rate` to the logs, as Keras does. */
  onEpochEnd(_epoch: number, logs: Record<string, number>): void {
    logs['learning_rate'] = this.control.getLearningRate();
    const current = this.#monitor.read(logs);
    if (current === undefined) return;
    if (this.#cooldownCounter > 0) {
      this.#cooldownCounter -= 1;
      this.#wait = 0;
    }
    if (this.#monitor.isImprovement(current, this.#monitor.best)) {
      this.#monitor.best = current;
      this.#wait = 0;
    } else if (this.#cooldownCounter === 0) {
      this.#wait += 1;
      if (this.#wait >= this.config.patience && this.#reduce()) {
        this.#cooldownCounter = this.config.cooldown;
        this.#wait = 0;
      }
    }
  }

  #reduce(): boolean {
    const { factor, min_lr: least } = this.config;
    const rate = this.control.getLearningRate();
    if (rate <= Math.fround(least)) return false;
    this.control.setLearningRate(Math.max(rate * factor, least));
    return true;
  }

  state(): JsonObject {
    return {
      best: storeNumber(this.#monitor.best),
      wait: this.#wait,
      cooldown_counter: this.#cooldownCounter,
    };
  }

  restore(state: JsonObject): void {
    this.#monitor.best = restoreNumber(state['best']);
    this.#wait = Number(state['wait']);
    this.#cooldownCounter = Number(state['cooldown_counter']);
  }
}
