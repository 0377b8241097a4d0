import {
  type CreateModel,
  type JsonObject,
  type Model,
  type ModelVersion,
  type Page,
  type PageQuery,
  ProblemException,
} from '@epochal/contracts';
import { type Database, inTransaction } from '@epochal/database';
import { describeModel, type ModelSummary, modelSummary, parseModel } from '@epochal/model-spec';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { toPage } from '../../http/pagination.js';
import { noSuch } from '../../http/problems.js';
import { newId } from '../../identifiers.js';
import { type ModelRow, ModelsRepository } from './models.repository.js';
import { modelView, versionView } from './models.view.js';
import { readDefinition } from './read-definition.js';

@Injectable()
export class ModelsService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly models: ModelsRepository,
  ) {}

  /** @throws ProblemException `invalid_model` */
  create(projectId: string, { name, definition }: CreateModel, claim?: IdempotencyClaim): Promise<Model> {
    const { model, json } = readDefinition(definition);
    const { inputs, outputs, parameters } = describeModel(model);
    const row = {
      id: newId('model'),
      projectId,
      name,
      dialect: model.dialect,
      className: model.kind === 'sequential' ? 'Sequential' : 'Functional',
      definition: json as object,
      signature: { inputs, outputs, parameters } as object,
    };
    return inTransaction(this.database, async (transaction) => {
      const answer = modelView(await this.models.insert(transaction, row));
      await claim?.record(transaction, answer);
      return answer;
    });
  }

  async get(projectId: string, id: string): Promise<Model> {
    return modelView(await this.#find(projectId, id));
  }

  async list(projectId: string, page: PageQuery): Promise<Page<Model>> {
    return toPage(await this.models.list(projectId, page), page, modelView);
  }

  async summary(projectId: string, id: string): Promise<ModelSummary> {
    const { definition } = await this.#find(projectId, id);
    return modelSummary(parseModel(definition as JsonObject));
  }

  async listVersions(projectId: string, id: string, page: PageQuery): Promise<Page<ModelVersion>> {
    await this.#find(projectId, id);
    return toPage(await this.models.listVersions(id, page), page, versionView);
  }

  /** @throws ProblemException `conflict` while a job trains the model */
  async delete(projectId: string, id: string): Promise<void> {
    const outcome = await this.models.markDeleted(projectId, id);
    if (outcome === null) throw noSuch('model', id);
    if (outcome !== 'deleted') {
      throw new ProblemException(
        'conflict',
        `Job ${outcome.usedBy} trains the model and has not ended. Wait for it, or cancel it.`,
      );
    }
  }

  async #find(projectId: string, id: string): Promise<ModelRow> {
    const row = await this.models.find(projectId, id);
    if (!row) throw noSuch('model', id);
    return row;
  }
}
