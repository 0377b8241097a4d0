/** What can be wrong with a training request that only training finds out. Each is the user's to mend. */
export type TrainingErrorCode =
  | 'invalid_callback'
  | 'invalid_compile'
  | 'invalid_data'
  | 'invalid_fit'
  | 'invalid_checkpoint'
  | 'loss_not_finite'
  | 'out_of_memory';

/** The user's fault, told so that the user can mend it. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';

  constructor(
    readonly code: TrainingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
