import * as tf from '@tensorflow/tfjs-core';
import type { SessionVariable } from '../graph/session-variable.js';
import { DataTypeNumber } from '../native/backend.js';
import type { NativeSession } from '../native/saved-model-session.js';
import type { Constant, Recording } from '../tracing/recording.js';

// Larger constants than this are kept out of the graph's file, whose size protobuf limits, and live in the session like variables.
const LARGEST_EMBEDDED = 65_536;

/** The constants of these recordings that are too large for a graph, by their key. */
export function collectHeldConstants(
  traced: readonly { readonly recording: Recording }[],
): Map<string, Constant> {
  const constants = new Map<string, Constant>();
  for (const { recording } of traced) {
    const { operations, outputs, assignments } = recording;
    const values = [
      ...operations.flatMap(({ inputs }) => inputs),
      ...outputs.map(({ value }) => value),
      ...assignments.values(),
    ];
    for (const value of values) {
      if (value.from !== 'constant' || value.constant.bytes.length <= LARGEST_EMBEDDED) continue;
      if (TYPED_ARRAYS.has(value.constant.dtype)) constants.set(value.constant.key, value.constant);
    }
  }
  return constants;
}

/** Gives the session the values of its large constants. */
export function fillHeldConstants(
  session: NativeSession,
  constants: ReadonlyMap<string, Constant>,
  held: ReadonlyMap<string, SessionVariable>,
): void {
  for (const [key, constant] of constants) {
    const variable = held.get(key)!;
    tf.tidy(() => void session.run([[variable.placeholder, tensorOf(constant)]], [variable.assigned]));
  }
}

const TYPED_ARRAYS = new Map<number, (bytes: Uint8Array) => tf.TypedArray>([
  [DataTypeNumber.float32, ({ buffer, length }) => new Float32Array(buffer, 0, length / 4)],
  [DataTypeNumber.int32, ({ buffer, length }) => new Int32Array(buffer, 0, length / 4)],
  [DataTypeNumber.bool, (bytes) => bytes],
]);

function tensorOf({ dtype, shape, bytes }: Constant): tf.Tensor {
  const name =
    dtype === DataTypeNumber.float32 ? 'float32' : dtype === DataTypeNumber.int32 ? 'int32' : 'bool';
  return tf.tensor(TYPED_ARRAYS.get(dtype)!(bytes), [...shape], name);
}
