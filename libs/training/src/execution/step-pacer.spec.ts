import { describe, expect, it } from 'vitest';
import { StepPacer } from './step-pacer.js';

const run = (pacer: StepPacer, secondsPerStep: number, remaining: number): number[] => {
  const counts: number[] = [];
  for (let left = remaining; left > 0;) {
    const steps = pacer.next(left);
    pacer.record(steps, steps * secondsPerStep);
    counts.push(steps);
    left -= steps;
  }
  return counts;
};

describe('StepPacer', () => {
  it('starts with one step and grows until a call takes as long as it may', () => {
    expect(run(new StepPacer(0.25), 0.0001, 10_000).slice(0, 5)).toEqual([1, 16, 256, 2500, 2500]);
  });

  it('runs slow steps one by one', () => {
    expect(run(new StepPacer(0.25), 2, 3)).toEqual([1, 1, 1]);
  });

  it('forgets a slow first call that built the graph', () => {
    const pacer = new StepPacer(0.25);
    pacer.record(1, 0.2);
    expect(pacer.next(1000)).toBe(1);
    pacer.record(1, 0.0001);
    expect(pacer.next(1000)).toBe(16);
  });

  it('runs every step alone when no time is allowed', () => {
    expect(run(new StepPacer(0), 0.0001, 3)).toEqual([1, 1, 1]);
  });
});
