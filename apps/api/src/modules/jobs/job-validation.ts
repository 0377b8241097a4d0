import {
  type CreateJob,
  type JsonObject,
  type JsonValue,
  type ProblemError,
  ProblemException,
} from '@epochal/contracts';
import type { Transaction } from '@epochal/database';
import { describeModel, parseModel, readCallbacks, validateTraining } from '@epochal/model-spec';
import { Injectable } from '@nestjs/common';
import { type DatasetRow, DatasetsRepository } from '../datasets/datasets.repository.js';
import { columnsOf } from '../datasets/datasets.view.js';
import { type ModelRow, ModelsRepository } from '../models/models.repository.js';

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
   * @param submittedData `data` as it was sent, which pointers point into
   * @throws ProblemException `invalid_request` with all that is wrong
   */
  async assertTrainable(
    transaction: Transaction,
    projectId: string,
    request: CreateJob,
    submittedData: JsonValue | undefined,
  ): Promise<void> {
    const model = await this.models.lockForUse(transaction, projectId, request.model_id);
    const dataset = await this.datasets.lockForUse(transaction, projectId, request.dataset_id);
    const missing = [
      ...(model ? [] : [doesNotExist('/model_id', 'model', request.model_id)]),
      ...(dataset ? [] : [doesNotExist('/dataset_id', 'dataset', request.dataset_id)]),
      ...(await this.#missingVersion(request)),
    ];
    if (!model || !dataset || missing.length > 0) {
      throw new ProblemException('invalid_request', 'The job names what does not exist.', missing);
    }
    const errors = trainingErrors(request, model, dataset, submittedData);
    if (errors.length > 0) {
      throw new ProblemException('invalid_request', 'The model cannot be trained like this.', errors);
    }
  }

  async #missingVersion(request: CreateJob): Promise<ProblemError[]> {
    const { model_id: modelId, initial_version_id: version } = request;
    if (version === undefined || (await this.models.hasVersion(modelId, version))) return [];
    return [doesNotExist('/initial_version_id', 'version of the model', version)];
  }
}

function trainingErrors(
  request: CreateJob,
  model: ModelRow,
  dataset: DatasetRow,
  submittedData: JsonValue | undefined,
): ProblemError[] {
  const details = describeModel(parseModel(model.definition as JsonObject));
  return [
    ...validateTraining(details, request, columnsOf(dataset), submittedData),
    ...readCallbacks(request.callbacks).problems,
  ];
}

const doesNotExist = (pointer: string, what: string, id: string): ProblemError => ({
  pointer,
  message: 'does not exist',
  expected: `the id of a ${what} of this project`,
  received: id,
});
