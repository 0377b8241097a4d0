import type { JsonObject } from '@epochal/contracts';
import type { TestService } from './service.js';

const layer = (className: string, config: JsonObject): JsonObject => ({
  module: 'keras.layers',
  class_name: className,
  config,
  registered_name: null,
});

/** What Keras 3 writes for Sequential([Input((2,)), Dense(3, "relu"), Dense(1)]), as far as it differs from the defaults. */
export const tinyDefinition = (units = 3): JsonObject => ({
  module: 'keras',
  class_name: 'Sequential',
  config: {
    name: 'tiny',
    layers: [
      layer('InputLayer', { batch_shape: [null, 2], dtype: 'float32', name: 'input' }),
      layer('Dense', { name: 'hidden', units, activation: 'relu' }),
      layer('Dense', { name: 'out', units: 1 }),
    ],
  },
  registered_name: null,
});

export const tinyCsv = 'size,rooms,price\n1,1,10\n2,1,20\n3,2,30\n4,2,40\n';

/** A fit of the tiny model on the tiny dataset, less their ids. */
export const tinyJob = {
  kind: 'fit',
  data: { x: ['size', 'rooms'], y: 'price' },
  compile: { optimizer: 'adam', loss: 'mse' },
  fit: { epochs: 2 },
};

export interface Tiny {
  readonly modelId: string;
  readonly datasetId: string;
  /** The whole request. */
  readonly job: JsonObject;
}

/** Uploads the dataset and creates the model. */
export async function createTiny(service: TestService): Promise<Tiny> {
  const dataset = await service
    .request('post', '/v1/datasets?name=tiny')
    .set('content-type', 'text/csv')
    .send(tinyCsv)
    .expect(201);
  const model = await service
    .request('post', '/v1/models')
    .send({ name: 'tiny', definition: tinyDefinition() })
    .expect(201);
  const [modelId, datasetId] = [String(model.body.id), String(dataset.body.id)];
  return { modelId, datasetId, job: { ...tinyJob, model_id: modelId, dataset_id: datasetId } };
}
