import { TrainingError } from '../training-error.js';

/**
 * A running loss that is NaN or infinite never becomes finite again: training on is a waste.
 * @throws TrainingError when the loss is not finite
 */
export const checkLoss = (loss: number, at: { epoch: number; batch: number; steps: number }): void => {
  if (Number.isFinite(loss)) return;
  throw new TrainingError(
    'loss_not_finite',
    `The loss became ${loss} in epoch ${at.epoch + 1}, by batch ${at.batch + 1} of ${at.steps}. Try a lower learning rate, ` +
      'standardize the inputs, scale the targets, or clip gradients (clipnorm). ' +
      'To end such a training without failing, add the callback TerminateOnNaN.',
  );
};
