import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type DataInput, dataSchema } from '@epochal/contracts';
import { afterAll, beforeAll } from 'vitest';
import { type IngestedDataset, ingestCsv } from '../ingest/ingest-csv.js';
import { encodeDataset, type EncodedDataset } from './encode-dataset.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-encode-'));
});
afterAll(() => rm(folder, { recursive: true }));

export const ingest = (source: Readable): Promise<IngestedDataset> =>
  ingestCsv({ source, workDirectory: folder, memoryLimit: '512MB' });

export const ofText = (csv: string): Promise<IngestedDataset> => ingest(Readable.from([csv]));

export const encode = (
  dataset: IngestedDataset,
  data: DataInput,
  sampleWeight?: string,
): Promise<EncodedDataset> =>
  encodeDataset({
    ...dataset,
    data: dataSchema.parse(data),
    ...(sampleWeight !== undefined && { sampleWeight }),
  });
