import type { ProblemError } from '@epochal/contracts';

/** One thing that is wrong with an uploaded file. `pointer` is empty: it stands for the file as a whole. */
export interface DatasetProblem extends ProblemError {
  /** Counted from 1, as an editor shows it. */
  readonly line?: number;
  /** Name of the column. */
  readonly column?: string;
}

/** The uploaded file can't be read as a table. */
export class InvalidDatasetError extends Error {
  override readonly name = 'InvalidDatasetError';

  constructor(readonly problems: readonly DatasetProblem[]) {
    super(problems.map(({ message }) => message).join('; '));
  }
}

/** An error with a single problem. */
export function invalidDataset(
  message: string,
  details: Omit<DatasetProblem, 'message' | 'pointer'> = {},
): InvalidDatasetError {
  return new InvalidDatasetError([{ pointer: '', message, ...details }]);
}
