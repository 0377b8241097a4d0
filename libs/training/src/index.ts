export type { Callback, LogValues, TrainingControl, WeightValues } from './callbacks/callback.js';
export { createCallbacks } from './callbacks/create-callbacks.js';
export { TrainingError, type TrainingErrorCode } from './training-error.js';
