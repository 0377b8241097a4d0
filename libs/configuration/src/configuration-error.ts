/** One environment variable that can't be used. */
export interface ConfigurationProblem {
  readonly variable: string;
  /** What is wrong; completes "VARIABLE …". Never holds the value of a secret. */
  readonly problem: string;
  /** What would be right; completes "expected …". */
  readonly expected: string;
}

/** The environment can't be used as it is. Lists every problem, so that all can be mended in one go. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(
      ({ variable, problem, expected }) => `  ${variable} ${problem}; expected ${expected}`,
    );
    super(`The environment is not usable:\n${lines.join('\n')}`);
  }
}
