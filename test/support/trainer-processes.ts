import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type EpochalService } from './epochal-service.js';
import { waitUntil } from './wait-until.js';

interface TrainerStart {
  pid: number;
  job_id: string;
  attempt: number;
}

/** The process of a job's attempt, from the workers' logs; waits until it was started. */
export const trainerPid = (service: EpochalService, jobId: string, attempt: number): Promise<number> =>
  waitUntil(`attempt ${attempt} of ${jobId} has a trainer`, async () => {
    const logs = await Promise.all(
      service.workers.map(({ logFile }) => readFile(path.resolve(logFile), 'utf8')),
    );
    return logs
      .flatMap((log) => log.split('\n').filter((line) => line.includes('"trainer started"')))
      .map((line) => JSON.parse(line) as TrainerStart)
      .find((start) => start.job_id === jobId && start.attempt === attempt)?.pid;
  });
