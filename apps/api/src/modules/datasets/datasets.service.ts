import type { Configuration } from '@epochal/configuration';
import {
  type CreateDatasetQuery,
  type Dataset,
  type Page,
  type PageQuery,
  ProblemException,
} from '@epochal/contracts';
import { type Database, inTransaction } from '@epochal/database';
import { ingestCsv, type IngestedDataset, InvalidDatasetError } from '@epochal/datasets';
import type { Logger } from '@epochal/observability';
import { objectKeys, objectPrefixes, type ObjectStore } from '@epochal/storage';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { TemporaryFolders } from '../../connections/temporary-folders.js';
import { CONFIGURATION, DATABASE, LOGGER, OBJECT_STORE } from '../../connections/tokens.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { toPage } from '../../http/pagination.js';
import { noSuch } from '../../http/problems.js';
import { newId } from '../../identifiers.js';
import { DatasetsRepository } from './datasets.repository.js';
import { datasetView } from './datasets.view.js';
import { readUpload } from './upload.js';

@Injectable()
export class DatasetsService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly folders: TemporaryFolders,
    private readonly datasets: DatasetsRepository,
  ) {}

  /** Keeps the rows of the file that the request carries, or nothing at all. */
  create(
    projectId: string,
    { name, filename }: CreateDatasetQuery,
    request: FastifyRequest,
    claim?: IdempotencyClaim,
  ): Promise<Dataset> {
    const { server, ingest } = this.configuration;
    return this.folders.with(async (workDirectory) => {
      const upload = await readUpload(request, server.uploadMaxBytes, (source) =>
        ingestFile({ source, workDirectory, memoryLimit: ingest.memoryLimit }),
      );
      const { parquetPath, ...ingested } = upload.result;
      const id = newId('dataset');
      const objectKey = objectKeys.datasetRows(id);
      await this.store.putFile(objectKey, parquetPath);
      try {
        return await inTransaction(this.database, async (transaction) => {
          const row = await this.datasets.insert(transaction, {
            id,
            projectId,
            name,
            filename: filename ?? readableName(upload.filename),
            ...ingested,
            objectKey,
          });
          const answer = datasetView(row);
          await claim?.record(transaction, answer);
          return answer;
        });
      } catch (error) {
        await this.#removeObjects(id);
        throw error;
      }
    });
  }

  async get(projectId: string, id: string): Promise<Dataset> {
    const row = await this.datasets.find(projectId, id);
    if (!row) throw noSuch('dataset', id);
    return datasetView(row);
  }

  async list(projectId: string, page: PageQuery): Promise<Page<Dataset>> {
    return toPage(await this.datasets.list(projectId, page), page, datasetView);
  }

  /** @throws ProblemException `dataset_in_use` */
  async delete(projectId: string, id: string): Promise<void> {
    const deletion = await this.datasets.markDeleted(projectId, id);
    if (deletion === null) throw noSuch('dataset', id);
    if ('usedBy' in deletion) {
      throw new ProblemException(
        'dataset_in_use',
        `Job ${deletion.usedBy} uses the dataset and has not ended. Wait for it, or cancel it.`,
      );
    }
    try {
      await this.store.removePrefix(objectPrefixes.dataset(id));
    } catch (error) {
      // So that deleting can be tried again, instead of leaving objects that nobody knows of.
      await this.datasets.unmarkDeleted(id);
      throw error;
    }
  }

  async #removeObjects(id: string): Promise<void> {
    try {
      await this.store.removePrefix(objectPrefixes.dataset(id));
    } catch (err) {
      this.logger.error(
        { err, dataset_id: id },
        'objects of a dataset that was not created were left behind',
      );
    }
  }
}

async function ingestFile(options: Parameters<typeof ingestCsv>[0]): Promise<IngestedDataset> {
  try {
    return await ingestCsv(options);
  } catch (error) {
    if (error instanceof InvalidDatasetError) {
      throw new ProblemException('invalid_dataset', error.message, error.problems, { cause: error });
    }
    if (isDiskFull(error)) {
      throw new ProblemException('storage_full', 'There is no room for the file.', undefined, {
        cause: error,
      });
    }
    throw error;
  }
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** The name that a form gives its file, without what has no place in a name. */
const readableName = (filename: string | undefined): string | null =>
  filename?.replaceAll(/[\p{Control}\p{Surrogate}]/gu, '').slice(-255) || null;
