import type { JsonObject } from '@epochal/contracts';
import type { CallbackConfig } from '@epochal/model-spec';
import { TrainingError } from '../training-error.js';
import type { Callback, LogValues, TrainingControl } from './callback.js';

/** `keras.callbacks.TerminateOnNaN`: ends training, without failing it, once the loss is NaN or infinite. */
export class TerminateOnNaN implements Callback {
  readonly className = 'TerminateOnNaN';

  constructor(
    private readonly config: CallbackConfig<'TerminateOnNaN'>,
    private readonly control: TrainingControl,
  ) {}

  onTrainBatchEnd(batch: number, logs: LogValues): void {
    const loss = logs['loss'];
    if (loss === undefined || Number.isFinite(loss)) return;
    if (this.config.raise_error)
      throw new TrainingError(
        'loss_not_finite',
        `NaN or infinite loss at batch ${batch}: the loss is ${loss}`,
      );
    this.control.warn(`Batch ${batch}: invalid loss, terminating training`);
    this.control.stopTraining();
  }

  state(): JsonObject {
    return {};
  }

  restore(): void {}
}
