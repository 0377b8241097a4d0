import { createHash } from 'node:crypto';
import { DataTypeNumber, type NativeValues } from '../native/backend.js';
import type { Constant } from './recording.js';

const SHORT = 64;

/**
 * A constant of these values, copied.
 * @returns undefined for strings, which steps don't compute with
 */
export function constantOf(
  dtype: number,
  shape: readonly number[],
  values: NativeValues | BigInt64Array,
): Constant | undefined {
  if (dtype === DataTypeNumber.string || !ArrayBuffer.isView(values)) return undefined;
  const bytes = new Uint8Array(values.byteLength);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const content =
    bytes.length <= SHORT
      ? Buffer.from(bytes).toString('hex')
      : createHash('sha256').update(bytes).digest('hex');
  return { dtype, shape: [...shape], bytes, key: `${dtype}[${shape.join(',')}]${content}` };
}
