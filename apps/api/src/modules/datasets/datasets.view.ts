import type { ColumnProfile, Dataset } from '@epochal/contracts';
import type { DatasetRow } from './datasets.repository.js';

export const datasetView = (row: DatasetRow): Dataset => ({
  id: row.id,
  object: 'dataset',
  name: row.name,
  filename: row.filename,
  rows: Number(row.rows),
  size_bytes: Number(row.sizeBytes),
  sha256: row.sha256,
  columns: columnsOf(row),
  created_at: row.createdAt.toISOString(),
});

/** As ingestion wrote them. */
export const columnsOf = (row: DatasetRow): ColumnProfile[] => row.columns as unknown as ColumnProfile[];
