import { describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/test.mjs';

const report = { numPassedTests: 2, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

describe('the last line of npm test', () => {
  it('counts what passed, failed and was skipped', () => {
    const counts = countTests({ ...report, numFailedTests: 1, numPendingTests: 3, numTodoTests: 1 }, 1);
    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 4 });
  });

  it('counts a file that cannot be loaded as a failed test', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const ordinary = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const counts = countTests({ ...report, numFailedTests: 1, testResults: [broken, ordinary] }, 1);
    expect(counts).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });

  it('never says that all is well when Vitest does not', () => {
    expect(countTests(report, 0).failed).toBe(0);
    expect(countTests(report, 1).failed).toBe(1);
  });
});
