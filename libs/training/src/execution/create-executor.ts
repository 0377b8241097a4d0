import { UntraceableError } from '@epochal/tensorflow';
import { EagerExecutor } from './eager-executor.js';
import type { Computation, Executor } from './executor.js';
import { GraphExecutor } from './graph-executor.js';

/** Traces the computation when that is possible; else its steps run op by op, and the executor says why. */
export const createExecutor = (computation: Computation): Executor => {
  try {
    return new GraphExecutor(computation);
  } catch (error) {
    if (!(error instanceof UntraceableError)) throw error;
    return new EagerExecutor(computation, error.reason);
  }
};
