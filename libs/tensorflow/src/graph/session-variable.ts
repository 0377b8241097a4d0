import type { GraphWriter } from './graph-writer.js';

/** A tensor that lives in the session. */
export interface SessionVariable {
  readonly dtype: number;
  /** -1 stands for a length that may change. */
  readonly shape: readonly number[];
  readonly handle: string;
  /** Feed this and fetch `assigned` to set the value. */
  readonly placeholder: string;
  readonly assigned: string;
  /** Fetch this for the present value. */
  readonly present: string;
}

export function addSessionVariable(
  graph: GraphWriter,
  name: string,
  dtype: number,
  shape: readonly number[],
): SessionVariable {
  const handle = graph.add('VarHandleOp', `${name}/handle`, [], {
    dtype: { type: dtype },
    shape: { shape },
    shared_name: { string: name },
    container: { string: '' },
  });
  const placeholder = graph.add('Placeholder', `${name}/value`, [], {
    dtype: { type: dtype },
    shape: { shape },
  });
  // What is fed may be JavaScript's memory, which must be released on JavaScript's thread: the session keeps a copy.
  const copy = graph.add('DeepCopy', `${name}/copy`, [placeholder], { T: { type: dtype } });
  const assign = graph.add('AssignVariableOp', `${name}/assign`, [handle, copy], { dtype: { type: dtype } });
  return {
    dtype,
    shape,
    handle,
    placeholder,
    assigned: graph.signal(`${name}/assigned`, [assign]),
    present: graph.add('ReadVariableOp', `${name}/present`, [handle], { dtype: { type: dtype } }),
  };
}
