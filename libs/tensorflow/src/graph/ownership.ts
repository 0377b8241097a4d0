import type { Recording, Value } from '../tracing/recording.js';

// Operations that always write their result into memory of their own. Others (Reshape, Identity, Slice, a sum over no axis)
// may pass an input's memory on.
const FRESH = new Set([
  'Add',
  'AddV2',
  'BatchMatMulV2',
  'Exp',
  'Maximum',
  'Minimum',
  'Mul',
  'RealDiv',
  'Rsqrt',
  'Sqrt',
  'Square',
  'SquaredDifference',
  'Sub',
]);

/**
 * Whether a value may be kept in the memory of an input that is fed. That can be JavaScript's memory, which TensorFlow must not
 * hold on to after the run: a variable that is assigned such a value needs a copy.
 */
export function mayShareInput(
  recording: Recording,
  value: Value,
  isFed: (input: number) => boolean,
): boolean {
  const seen = new Set<number>();
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.from === 'input' && isFed(next.index)) return true;
    if (next.from !== 'operation' || seen.has(next.index)) continue;
    seen.add(next.index);
    const operation = recording.operations[next.index]!;
    if (!FRESH.has(operation.name)) pending.push(...operation.inputs);
  }
  return false;
}
