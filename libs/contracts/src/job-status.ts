import { z } from 'zod';

/**
 * The life of a job. `queued` waits for a worker, `starting` has one, `running` trains. `pausing` and `cancelling` wait
 * for the trainer to write its last checkpoint. A lost attempt goes back to `queued`.
 */
export const JOB_STATUSES = [
  'queued',
  'starting',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'cancelled',
  'succeeded',
  'failed',
] as const;
export const jobStatusSchema = z.enum(JOB_STATUSES);
export type JobStatus = z.infer<typeof jobStatusSchema>;

/** The one table of allowed moves; SQL applies them by compare-and-set. */
export const JOB_STATUS_MOVES: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  queued: ['starting', 'paused', 'cancelled', 'failed'],
  starting: ['running', 'queued', 'pausing', 'cancelling', 'failed'],
  running: ['queued', 'pausing', 'cancelling', 'succeeded', 'failed'],
  pausing: ['paused', 'cancelling', 'succeeded', 'failed'],
  paused: ['queued', 'cancelled'],
  cancelling: ['cancelled', 'succeeded', 'failed'],
  cancelled: [],
  succeeded: [],
  failed: [],
};

export const isTerminal = (status: JobStatus): boolean => JOB_STATUS_MOVES[status].length === 0;
export const TERMINAL_STATUSES = JOB_STATUSES.filter(isTerminal);
/** Statuses in which a worker holds the job and its lease counts. */
export const HELD_STATUSES = [
  'starting',
  'running',
  'pausing',
  'cancelling',
] as const satisfies readonly JobStatus[];

/** The statuses from which a move to `to` is allowed. */
export const statusesBefore = (to: JobStatus): JobStatus[] =>
  JOB_STATUSES.filter((from) => JOB_STATUS_MOVES[from].includes(to));
