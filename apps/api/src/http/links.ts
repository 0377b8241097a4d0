import type { Configuration } from '@epochal/configuration';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIGURATION } from '../connections/tokens.js';

/**
 * Links between resources. They are whole addresses when the operator said where clients reach the service, else paths, to
 * be read relative to the address of the request.
 */
@Injectable()
export class Links {
  readonly #base: string;

  constructor(@Inject(CONFIGURATION) configuration: Configuration) {
    this.#base = configuration.server.publicUrl ?? '';
  }

  dataset = (id: string): string => `${this.#base}/v1/datasets/${id}`;
  model = (id: string): string => `${this.#base}/v1/models/${id}`;
  modelDownload = (id: string, versionId: string): string =>
    `${this.model(id)}/download?version=${versionId}`;
  job = (id: string): string => `${this.#base}/v1/jobs/${id}`;
  jobEvents = (id: string): string => `${this.job(id)}/events`;
  checkpoints = (jobId: string): string => `${this.job(jobId)}/checkpoints`;
  checkpointDownload = (jobId: string, id: string): string => `${this.checkpoints(jobId)}/${id}/download`;
}
