/** A name that no Keras class, alias or function of that kind has. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';

  constructor(
    /** What was looked for: `optimizer`, `loss`, `layer`. */
    readonly kind: string,
    /** The name that was given. */
    readonly value: string,
    /** Where it was given, such as `optimizer` or `kernel_initializer`. */
    readonly field: string,
    /** The nearest names that exist, best first. */
    readonly suggestions: readonly string[],
  ) {
    const hint =
      suggestions.length === 0 ? '' : ` Did you mean ${suggestions.map((name) => `"${name}"`).join(' or ')}?`;
    super(`Unknown ${kind} "${value}" in ${field}.${hint}`);
  }
}

/** One thing that is wrong in a config. */
export interface ConfigIssue {
  /** Keys from the field down to the wrong value. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A config that its Keras class would not take. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly className: string,
    readonly field: string,
    readonly issues: readonly ConfigIssue[],
  ) {
    const list = issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    );
    super(`The config of ${className} in ${field} is not valid: ${list.join('; ')}`);
  }
}
