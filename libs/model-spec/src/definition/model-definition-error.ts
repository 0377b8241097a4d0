import type { ProblemError } from '@epochal/contracts';

/** One thing that is wrong with a model definition. The pointer is below the definition; `layer` names where it was found. */
export interface ModelProblem extends ProblemError {
  readonly layer?: string;
}

const summarise = (problems: readonly ModelProblem[]): string => {
  const [first] = problems;
  if (first === undefined) return 'The model definition is not valid';
  const more = problems.length - 1;
  return more === 0 ? first.message : `${first.message} (and ${more} more)`;
};

/** A model definition that cannot be used, with everything that was found wrong in it. */
export class ModelDefinitionError extends Error {
  override readonly name = 'ModelDefinitionError';

  constructor(
    readonly problems: readonly ModelProblem[],
    options?: ErrorOptions,
  ) {
    super(summarise(problems), options);
  }
}
