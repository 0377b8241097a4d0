import { type ModelFormat, ProblemException } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { Inject, Injectable, type StreamableFile } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { noSuch } from '../../http/problems.js';
import { ModelFiles } from './model-files.js';

const WITH_MODEL = { job: { include: { model: true } } } as const;

@Injectable()
export class DownloadsService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly files: ModelFiles,
  ) {}

  /** A version of a model: the one that is named, else the latest. */
  async model(
    projectId: string,
    modelId: string,
    { format, version }: { format: ModelFormat; version?: string | undefined },
  ): Promise<StreamableFile> {
    const model = await this.database.model.findFirst({ where: { id: modelId, projectId, deletedAt: null } });
    if (!model) throw noSuch('model', modelId);
    const trained = await this.database.modelVersion.findFirst({
      where: { modelId, ...(version === undefined ? {} : { id: version }) },
      orderBy: { id: 'desc' },
      include: { checkpoint: { include: WITH_MODEL } },
    });
    if (!trained) {
      if (version !== undefined) throw noSuch('version', version);
      throw new ProblemException('not_found', 'No job has trained this model to its end yet.');
    }
    return this.files.download(trained.checkpoint, format, model.name);
  }

  async checkpoint(
    projectId: string,
    jobId: string,
    id: string,
    format: ModelFormat,
  ): Promise<StreamableFile> {
    const checkpoint = await this.database.checkpoint.findFirst({
      where: { id, jobId, job: { projectId } },
      include: WITH_MODEL,
    });
    if (!checkpoint) throw noSuch('checkpoint', id);
    return this.files.download(checkpoint, format, `${checkpoint.job.model.name}-epoch-${checkpoint.epoch}`);
  }
}
