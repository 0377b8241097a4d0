import { jsonPointer, type JsonValue, type ProblemError } from '@epochal/contracts';
import { submittedPath } from './submitted-path.js';

/** Collects what is wrong with the data of a request, by pointers into it as it was sent. */
export class DataProblems {
  readonly list: ProblemError[] = [];

  /**
   * @param base where the data stands in the request
   * @param submitted the data as it was sent
   */
  constructor(
    private readonly base: readonly (string | number)[],
    private readonly submitted: JsonValue | undefined,
  ) {}

  add(
    path: readonly (string | number)[],
    message: string,
    details: Omit<ProblemError, 'pointer' | 'message'> = {},
  ): void {
    const pointer = jsonPointer([...this.base, ...submittedPath(path, this.submitted)]);
    this.list.push({ pointer, message, ...details });
  }
}
