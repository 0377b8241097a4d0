import type { JsonObject } from '@epochal/contracts';
import type { CallbackConfig } from '@epochal/model-spec';
import type { Callback, LogValues, TrainingControl, WeightValues } from './callback.js';
import { Monitor, restoreNumber, storeNumber } from './monitor.js';

/** `keras.callbacks.EarlyStopping`: ends training once a log has not improved for `patience` epochs. */
export class EarlyStopping implements Callback {
  readonly className = 'EarlyStopping';
  readonly #monitor: Monitor;
  #wait = 0;
  #stoppedEpoch = 0;
  #bestEpoch = 0;
  #bestWeights: WeightValues | null = null;

  constructor(
    private readonly config: CallbackConfig<'EarlyStopping'>,
    private readonly control: TrainingControl,
  ) {
    const { monitor, mode } = config;
    const minDelta = Math.abs(config.min_delta);
    this.#monitor = new Monitor({ className: this.className, monitor, mode, minDelta, best: null }, control);
  }

  onEpochEnd(epoch: number, logs: LogValues): void {
    const current = this.#monitor.read(logs);
    if (current === undefined || epoch < this.config.start_from_epoch) return;
    if (this.config.restore_best_weights && this.#bestWeights === null) {
      this.#bestWeights = this.control.getWeights();
      this.#bestEpoch = epoch;
    }
    this.#wait += 1;
    if (this.#monitor.isImprovement(current, this.#monitor.best)) {
      this.#monitor.best = current;
      this.#bestEpoch = epoch;
      if (this.config.restore_best_weights) this.#bestWeights = this.control.getWeights();
      if (this.#monitor.isImprovement(current, this.config.baseline)) this.#wait = 0;
      return;
    }
    if (this.#wait >= this.config.patience && epoch > 0) {
      this.#stoppedEpoch = epoch;
      this.control.stopTraining();
    }
  }

  onTrainEnd(): void {
    if (this.#bestWeights !== null) this.control.setWeights(this.#bestWeights);
  }

  state(): JsonObject {
    return {
      best: storeNumber(this.#monitor.best),
      best_epoch: this.#bestEpoch,
      wait: this.#wait,
      stopped_epoch: this.#stoppedEpoch,
    };
  }

  weights(): WeightValues | null {
    return this.#bestWeights;
  }

  restore(state: JsonObject, weights: WeightValues | null): void {
    this.#monitor.best = restoreNumber(state['best']);
    this.#bestEpoch = Number(state['best_epoch']);
    this.#wait = Number(state['wait']);
    this.#stoppedEpoch = Number(state['stopped_epoch']);
    this.#bestWeights = weights;
  }
}
