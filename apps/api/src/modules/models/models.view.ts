import type { JsonObject, Model, ModelDialect, ModelVersion } from '@epochal/contracts';
import type { ModelRow, VersionRow } from './models.repository.js';

/** What is derived from a definition when it is accepted, and stored with it. */
export type Signature = Pick<Model, 'inputs' | 'outputs' | 'parameters'>;

export const modelView = (row: ModelRow): Model => ({
  id: row.id,
  object: 'model',
  name: row.name,
  dialect: row.dialect as ModelDialect,
  class_name: row.className,
  ...(row.signature as unknown as Signature),
  definition: row.definition as JsonObject,
  latest_version_id: row.versions[0]?.id ?? null,
  created_at: row.createdAt.toISOString(),
});

export const versionView = (row: VersionRow): ModelVersion => ({
  id: row.id,
  object: 'model_version',
  model_id: row.modelId,
  job_id: row.jobId,
  checkpoint_id: row.checkpointId,
  created_at: row.createdAt.toISOString(),
});
