import { isTerminal, type Job } from '@epochal/contracts';
import type { Links } from '../../http/links.js';
import type { JobRow } from './jobs.repository.js';

/** Columns of JSON hold what the contract says: only this service and its workers write them. */
const json = <Field extends keyof Job>(value: unknown): Job[Field] => value as Job[Field];

export function jobView(row: JobRow, links: Links, position?: number): Job {
  const result = json<'result'>(row.result);
  return {
    id: row.id,
    object: 'job',
    kind: 'fit',
    name: row.name,
    status: row.status,
    is_terminal: isTerminal(row.status),
    status_reason: json<'status_reason'>(row.statusReason),
    status_history: json<'status_history'>(row.statusHistory),
    attempt: row.attempt,
    max_attempts: row.maxAttempts,
    queue: row.status === 'queued' && position !== undefined ? { position } : null,
    progress: json<'progress'>(row.progress),
    execution: json<'execution'>(row.execution),
    logs: json<'logs'>(row.logs),
    result,
    request: json<'request'>(row.request),
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    finished_at: row.finishedAt?.toISOString() ?? null,
    links: {
      self: links.job(row.id),
      events: links.jobEvents(row.id),
      checkpoints: links.checkpoints(row.id),
      model: links.model(row.modelId),
      dataset: links.dataset(row.datasetId),
      download: result?.model_version_id ? links.modelDownload(row.modelId, result.model_version_id) : null,
    },
  };
}
