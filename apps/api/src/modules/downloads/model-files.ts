import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import {
  type CreateJob,
  type JsonObject,
  MODEL_FORMATS,
  type ModelFormat,
  ProblemException,
} from '@epochal/contracts';
import type { Prisma } from '@epochal/database';
import { SafetensorsFile, writeModelFile } from '@epochal/model-formats';
import type { Logger } from '@epochal/observability';
import { parseModel } from '@epochal/model-spec';
import { ObjectNotFoundError, type ObjectStore } from '@epochal/storage';
import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { TemporaryFolders } from '../../connections/temporary-folders.js';
import { LOGGER, OBJECT_STORE } from '../../connections/tokens.js';

/** A state of a training, with the job that it is of and the job's model. */
export type TrainedState = Prisma.CheckpointGetPayload<{ include: { job: { include: { model: true } } } }>;

/** Makes files that Keras opens from the checkpoints in the store. */
@Injectable()
export class ModelFiles {
  constructor(
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly folders: TemporaryFolders,
  ) {}

  /**
   * The state as a file, made in a folder of its own that is gone once the answer has been sent or given up.
   *
   * @param name of the file, without its extension
   * @throws ProblemException `not_found` when the checkpoint has been removed in the meantime
   */
  async download(state: TrainedState, format: ModelFormat, name: string): Promise<StreamableFile> {
    const { extension, media_type: mediaType } = MODEL_FORMATS[format];
    const folder = await this.folders.make();
    try {
      const file = await this.#write(state, format, folder);
      const { size } = await stat(file);
      return new StreamableFile(this.#readAndRemove(file, folder), {
        type: mediaType,
        length: size,
        disposition: `attachment; filename="${fileName(name)}${extension}"`,
      });
    } catch (error) {
      await this.folders.remove(folder);
      throw error;
    }
  }

  async #write({ job, objectKey }: TrainedState, format: ModelFormat, folder: string): Promise<string> {
    const file = path.join(folder, `model${MODEL_FORMATS[format].extension}`);
    const definition = job.model.definition as JsonObject;
    const checkpoint = path.join(folder, 'checkpoint');
    await this.#fetch(objectKey, checkpoint);
    const weights = await SafetensorsFile.open(checkpoint);
    try {
      await writeModelFile({
        format,
        definition,
        model: parseModel(definition),
        compile: (job.request as unknown as CreateJob).compile,
        weights,
        path: file,
      });
    } finally {
      await weights.close();
    }
    return file;
  }

  async #fetch(objectKey: string, file: string): Promise<void> {
    try {
      await this.store.getFile(objectKey, file);
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      const detail = 'The checkpoint has been removed: a job keeps only its last ones.';
      throw new ProblemException('not_found', detail, undefined, { cause: error });
    }
  }

  #readAndRemove(file: string, folder: string): Readable {
    const content = createReadStream(file);
    content.once('close', () => {
      this.folders
        .remove(folder)
        .catch((err: unknown) => this.logger.error({ err, folder }, 'files of a download were left behind'));
    });
    return content;
  }
}

/** Fit for a header and for every file system. */
const fileName = (name: string): string =>
  name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._]+/, '')
    .slice(0, 100) || 'model';
