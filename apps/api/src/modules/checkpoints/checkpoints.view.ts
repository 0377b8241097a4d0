import type { Checkpoint, Logs } from '@epochal/contracts';
import type { Links } from '../../http/links.js';
import type { CheckpointRow } from './checkpoints.repository.js';

export const checkpointView = (row: CheckpointRow, links: Links): Checkpoint => ({
  id: row.id,
  object: 'checkpoint',
  job_id: row.jobId,
  attempt: row.attempt,
  epoch: row.epoch,
  step: row.step,
  logs: row.logs as Logs,
  size_bytes: Number(row.sizeBytes),
  sha256: row.sha256,
  created_at: row.createdAt.toISOString(),
  links: { download: links.checkpointDownload(row.jobId, row.id) },
});
