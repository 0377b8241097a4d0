import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Largest difference allowed, relative to the largest number of a tensor or to 1: float32 rounding over a few operations. */
export const TOLERANCE = 1e-5;

/** For what sums thousands of products, or passes through many steps. */
export const LOOSE_TOLERANCE = 1e-4;

/** Notes the measured differences of the running test in the file that EPOCHAL_PARITY_RESULTS names, if it is set. */
export function report(differences: Record<string, number>): void {
  const path = process.env['EPOCHAL_PARITY_RESULTS'];
  if (path === undefined) return;
  const { currentTestName, testPath } = expect.getState();
  appendFileSync(path, `${JSON.stringify({ test: currentTestName, file: testPath, differences })}\n`);
}
