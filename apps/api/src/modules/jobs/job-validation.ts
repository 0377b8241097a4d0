import { type CreateJob, ProblemException, type ProblemError } from '@epochal/contracts';
import type { Transaction } from '@epochal/database';
import { Injectable } from '@nestjs/common';
import { DatasetsRepository } from '../datasets/datasets.repository.js';
import { ModelsRepository } from '../models/models.repository.js';

/** Checks a job against its model and dataset before anything of it is stored. */
@Injectable()
export class JobValidation {
  constructor(
    private readonly models: ModelsRepository,
    private readonly datasets: DatasetsRepository,
  ) {}

  /**
   * Model and dataset cannot be deleted before the transaction ends.
   *
   * @throws ProblemException `invalid_request` with all that is wrong
   */
  async assertTrainable(transaction: Transaction, projectId: string, request: CreateJob): Promise<void> {
    const model = await this.models.lockForUse(transaction, projectId, request.model_id);
    const dataset = await this.datasets.lockForUse(transaction, projectId, request.dataset_id);
    const errors: ProblemError[] = [];
    if (!model) errors.push(missing('/model_id', 'model', request.model_id));
    if (!dataset) errors.push(missing('/dataset_id', 'dataset', request.dataset_id));
    const version = request.initial_version_id;
    if (model && version !== undefined && !(await this.models.findVersion(model.id, version))) {
      errors.push(missing('/initial_version_id', 'version of the model', version));
    }
    if (errors.length > 0) {
      throw new ProblemException('invalid_request', 'The job names what does not exist.', errors);
    }
  }
}

const missing = (pointer: string, what: string, id: string): ProblemError => ({
  pointer,
  message: 'does not exist',
  expected: `the id of a ${what} of this project`,
  received: id,
});
