import type { ProblemError } from '@epochal/contracts';

/** The dataset cannot be encoded as a job's `data` asks. Pointers stand below the job. */
export class InvalidDataError extends Error {
  override readonly name = 'InvalidDataError';

  constructor(readonly problems: readonly ProblemError[]) {
    super(problems.map(({ message }) => message).join('; '));
  }
}

/** An error with a single problem. */
export const invalidData = (
  pointer: string,
  message: string,
  details: Partial<ProblemError> = {},
): InvalidDataError => new InvalidDataError([{ pointer, message, ...details }]);
