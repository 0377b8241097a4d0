import { describe, expect, it } from 'vitest';
import { CheckpointSchedule } from './checkpoint-schedule.js';

describe('CheckpointSchedule', () => {
  it('is due after every n epochs once the interval has passed since the last one', () => {
    let now = 0;
    const policy = { every_epochs: 2, min_interval_seconds: 5, keep_last: 3 };
    const schedule = new CheckpointSchedule(policy, () => now);
    expect(schedule.isDue(2)).toBe(false);
    now = 5;
    expect(schedule.isDue(3)).toBe(false);
    expect(schedule.isDue(4)).toBe(true);
    schedule.saved();
    now = 9;
    expect(schedule.isDue(6)).toBe(false);
    now = 10;
    expect(schedule.isDue(8)).toBe(true);
  });
});
