import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { detectSandbox } from '@epochal/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TrainerProcess } from '../../apps/worker/src/trainer-process.js';
import { trainerProgram } from '../../apps/worker/src/trainer-program.js';
import { waitUntil } from '../support/wait-until.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-trainer-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('is over, with nothing left of it, at whatever moment of its start it is killed', async () => {
  const program = trainerProgram(await detectSandbox('auto'));
  const groups: number[] = [];
  for (let milliseconds = 0; milliseconds < 20; milliseconds += 1) {
    const trainer = new TrainerProcess(program, folder, () => undefined);
    await delay(milliseconds);
    process.kill(trainer.pid!, 'SIGKILL');
    const exit = await trainer.exit;
    expect([exit.signal, exit.code]).toEqual(['SIGKILL', null]);
    groups.push(trainer.pid!);
  }
  await waitUntil('their process groups are gone', () => !groups.some(groupExists));
});

it('tells its exit code and its last words when it ends by itself', async () => {
  const program = trainerProgram(await detectSandbox('auto'));
  const exit = await new TrainerProcess(program, folder, () => undefined).exit;
  expect(exit.code).toBe(2);
  expect(exit.log.join('\n')).toContain('run.json cannot be read');
});

function groupExists(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
