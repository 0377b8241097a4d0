// Times our fit on one case: `our-steps.mjs CASE_JSON` with { definition, compile, batch_size, steps }.
// Prints { us, threads, first_step_seconds }: microseconds a step, and seconds from the start of the process to the first step.
import os from 'node:os';
import { compileSchema, fitSchema } from '@epochal/contracts';
import { describeModel, parseModel } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import { chooseThreadCounts, CompiledModel, createModel, fit } from '@epochal/training';

const EPOCHS = 3;
const { definition, compile, batch_size: batchSize, steps } = JSON.parse(process.argv[2]);

const description = parseModel(definition);
const details = describeModel(description);
const threads = chooseThreadCounts(details, batchSize, os.availableParallelism());
loadTensorFlow({ threads });

const rows = steps * batchSize;
const noise = (width) => ({
  shape: [width],
  values: Float32Array.from({ length: rows * width }, () => Math.random() * 2 - 1),
});
const targets = details.outputs.map(() => noise(1));
const model = createModel(description, 0);
const trainable = new CompiledModel(
  model,
  compileSchema.parse(compile),
  targets.map(({ shape }) => [null, ...shape]),
);
const seconds = [];
let firstStep;
await fit({
  trainable,
  train: { rows, inputs: details.inputs.map(({ shape }) => noise(shape[1])), targets, weights: null },
  validation: null,
  testRows: 0,
  // One epoch more: the first warms up.
  fit: fitSchema.parse({ epochs: EPOCHS + 1, batch_size: batchSize }),
  seed: 0,
  callbacks: [],
  batchIntervalSeconds: 0.5,
  resume: null,
  host: {
    execution: (mode) => {
      if (mode !== 'graph') throw new Error('the case was not traced');
    },
    emit: (event) => {
      if (event.type === 'train_batch_end') firstStep ??= performance.now() / 1000;
      if (event.type === 'epoch_end') seconds.push(event.data.seconds);
    },
    poll: () => new Promise((resolve) => setImmediate(resolve, 'continue')),
    isCheckpointDue: () => false,
    saveCheckpoint: () => Promise.resolve(),
  },
});
const us = (Math.min(...seconds.slice(1)) / steps) * 1e6;
console.log(JSON.stringify({ us, threads, first_step_seconds: firstStep }));
