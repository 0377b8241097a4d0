import { UntraceableError } from '@epochal/tensorflow';
import { EagerExecutor } from './eager-executor.js';
import type { Computation, Executor } from './executor.js';
import { GraphExecutor } from './graph-executor.js';

/** `eager` runs op by op even what could be traced. */
export type Execution = 'auto' | 'eager';

/** Traces the computation when that is possible; else its steps run op by op, and the executor says why. */
export const openExecutor = (computation: Computation, execution: Execution = 'auto'): Executor => {
  if (execution === 'eager') return new EagerExecutor(computation, 'It was asked for.');
  try {
    return new GraphExecutor(computation);
  } catch (error) {
    if (!(error instanceof UntraceableError)) throw error;
    return new EagerExecutor(computation, error.reason);
  }
};
