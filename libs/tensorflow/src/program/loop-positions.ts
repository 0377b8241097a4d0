import type { LoopRun } from './contract.js';

/**
 * Where in `order` a run of batches starts and ends.
 * @throws {RangeError} when `order` is too short, or a number isn't a count
 */
export function loopPositions(
  name: string,
  { order, firstRow = 0, batches }: LoopRun,
  batchSize: number,
): { first: number; end: number } {
  if (!Number.isInteger(firstRow) || firstRow < 0) {
    throw new RangeError(`${name}: firstRow must be an integer from 0, not ${firstRow}`);
  }
  if (!Number.isInteger(batches) || batches < 1) {
    throw new RangeError(`${name}: batches must be a positive integer, not ${batches}`);
  }
  const rows = order instanceof Int32Array ? order.length : order.size;
  const end = firstRow + batches * batchSize;
  if (end > rows) {
    throw new RangeError(
      `${name}: ${batches} batches of ${batchSize} from row ${firstRow} need ${end} rows, and order has ${rows}`,
    );
  }
  return { first: firstRow, end };
}
