import { type JobStatus, ProblemException } from '@epochal/contracts';

/**
 * What cancelling does to a job, by its status: `cancelled` at once while no worker holds it, `cancelling` while one does,
 * which then stops after a last checkpoint; `null` when it is being cancelled already.
 *
 * @throws ProblemException `conflict` when the job has ended
 */
export function cancellationOf(status: JobStatus): JobStatus | null {
  switch (status) {
    case 'queued':
    case 'paused':
      return 'cancelled';
    case 'starting':
    case 'running':
    case 'pausing':
      return 'cancelling';
    case 'cancelling':
      return null;
    case 'cancelled':
      throw new ProblemException('conflict', 'The job was cancelled already.');
    case 'succeeded':
    case 'failed':
      throw new ProblemException('conflict', `The job has ended (${status}): there is nothing to cancel.`);
  }
}
