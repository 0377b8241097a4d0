/** Native TensorFlow is not installed, or this system can't load it. */
export class TensorFlowUnavailableError extends Error {
  override readonly name = 'TensorFlowUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `Native TensorFlow can't be loaded: ${reason} Install it with "node libs/tensorflow/install/install.mjs".`,
      options,
    );
  }
}

/**
 * A step can't become a graph, since what it does is not decided by TensorFlow operations on its inputs and variables alone.
 * The step still runs eagerly. `reason` is a sentence for whoever wrote the step.
 */
export class UntraceableError extends Error {
  override readonly name = 'UntraceableError';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The step can't be traced: ${reason}`, options);
  }
}

/** A traced function or loop failed while TensorFlow ran it, such as on an index out of range. */
export class GraphExecutionError extends Error {
  override readonly name = 'GraphExecutionError';

  constructor(
    readonly functionName: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`"${functionName}" failed: ${reason}`, options);
  }
}
