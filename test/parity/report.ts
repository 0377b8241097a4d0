import { appendFileSync } from 'node:fs';

/** Largest difference allowed, relative to the largest number of a tensor or to 1: float32 rounding over a few operations. */
export const TOLERANCE = 1e-5;

/** For what sums thousands of products, or passes through many steps. */
export const LOOSE_TOLERANCE = 1e-4;

/** A section of docs/parity.md. */
export type Section =
  | 'activations'
  | 'constraints'
  | 'layers'
  | 'losses'
  | 'metrics'
  | 'optimizers'
  | 'regularizers'
  | 'schedules';

/** Notes what the running case measured in the file that EPOCHAL_PARITY_RESULTS names, if it is set (write-report.mjs reads it). */
export function report(section: Section, className: string, differences: Record<string, number>): void {
  const path = process.env['EPOCHAL_PARITY_RESULTS'];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ section, className, differences })}\n`);
}
