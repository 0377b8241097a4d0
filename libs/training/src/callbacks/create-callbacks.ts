import type { CallbackDescription } from '@epochal/model-spec';
import type { Callback, TrainingControl } from './callback.js';
import { EarlyStopping } from './early-stopping.js';
import { ModelCheckpoint } from './model-checkpoint.js';
import { ReduceLROnPlateau } from './reduce-lr-on-plateau.js';
import { TerminateOnNaN } from './terminate-on-nan.js';

const createCallback = (description: CallbackDescription, control: TrainingControl): Callback => {
  switch (description.className) {
    case 'EarlyStopping':
      return new EarlyStopping(description.config, control);
    case 'ModelCheckpoint':
      return new ModelCheckpoint(description.config, control);
    case 'ReduceLROnPlateau':
      return new ReduceLROnPlateau(description.config, control);
    case 'TerminateOnNaN':
      return new TerminateOnNaN(description.config, control);
  }
};

/** Callbacks in the order given, which is the order in which they are called. */
export const createCallbacks = (
  descriptions: readonly CallbackDescription[],
  control: TrainingControl,
): Callback[] => descriptions.map((description) => createCallback(description, control));
