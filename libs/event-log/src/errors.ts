/** A write was refused because another attempt holds the job, or none does. The writer must stop working on it. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';

  constructor(
    readonly jobId: string,
    readonly attempt: number,
  ) {
    super(`attempt ${attempt} no longer holds job ${jobId}`);
  }
}
