import type { Compile, Shape } from '@epochal/contracts';
import { createOptimizer, type Optimizer } from '@epochal/layers';
import { describeModel } from '@epochal/model-spec';
import { RandomSource, type StepFunction } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { applyModel, type Applied } from '../model/apply-model.js';
import type { Model, ModelVariable } from '../model/create-model.js';
import { TrainingError } from '../training-error.js';
import { splitColumns, type BatchColumns } from './batch-columns.js';
import { Objective, type ObjectiveValue } from './objective.js';
import { planCompile, type OutputOfModel } from './plan-compile.js';
import { Trackers } from './trackers.js';
import type { LearningRate, NamedVariables, Trainable } from './trainable.js';

const optimizerVariables = ({ iterations, learningRate, slots }: Optimizer): NamedVariables =>
  new Map([
    ['iterations', iterations],
    ...(learningRate === null ? [] : ([['learning_rate', learningRate]] as const)),
    ...slots.map(({ name, weightPath, variable }) => {
      return [weightPath === null ? name : `${name}/${weightPath}`, variable] as const;
    }),
  ]);

const learningRateOf = (optimizer: Optimizer): LearningRate => {
  const { learningRate: variable } = optimizer;
  if (variable !== null) return { kind: 'variable', variable };
  return { kind: 'schedule', current: () => [optimizer.currentLearningRate()] };
};

interface Forward extends ObjectiveValue {
  readonly applied: Applied;
}

/** What is used after the gradients are computed, and must outlive the scope in which they are. */
const tensorsOf = ({ applied, losses, total }: Forward): tf.Tensor[] => [
  total,
  ...applied.outputs,
  ...applied.updates.values(),
  ...[...applied.masks, ...losses].filter((tensor) => tensor !== null),
];

/** A model with the loss, metrics and optimizer that `Model.compile` of Keras would give it. */
export class CompiledModel implements Trainable {
  readonly weights: NamedVariables;
  readonly optimizerVariables: NamedVariables;
  readonly trainTrackers: NamedVariables;
  readonly testTrackers: NamedVariables;
  readonly learningRate: LearningRate;
  readonly #hasTarget: readonly boolean[];
  readonly #objective: Objective;
  readonly #optimizer: Optimizer;
  readonly #train: Trackers;
  readonly #test: Trackers;
  readonly #trained: readonly ModelVariable[];

  /** @param targetShapes of each output's targets, with the batch dimension; null for an output without targets */
  constructor(
    private readonly model: Model,
    compile: Compile,
    targetShapes: readonly (Shape | null)[],
  ) {
    const outputs = describeModel(model.description).outputs.map(({ name, shape }, index): OutputOfModel => ({
      name,
      shape,
      targetShape: targetShapes[index] ?? shape,
    }));
    const plan = planCompile(compile, outputs);
    this.#hasTarget = targetShapes.map((shape) => shape !== null);
    const untargeted = plan.outputs.find(
      ({ loss, metrics, weightedMetrics }, index) =>
        !this.#hasTarget[index] && (loss !== null || metrics.length + weightedMetrics.length > 0),
    );
    if (untargeted !== undefined)
      throw new TrainingError(
        'invalid_data',
        `data.y has no entry for the output ${untargeted.name}, which has a loss or metrics`,
      );
    const variables = [...model.variables.values()];
    this.#trained = variables.filter(({ trainable }) => trainable);
    this.#objective = new Objective(model, plan);
    this.#optimizer = createOptimizer(plan.optimizer, this.#trained);
    this.#train = new Trackers(plan, outputs);
    this.#test = new Trackers(plan, outputs);
    this.weights = new Map(variables.map(({ path, variable }) => [path, variable]));
    this.optimizerVariables = optimizerVariables(this.#optimizer);
    this.trainTrackers = this.#train.variables;
    this.testTrackers = this.#test.variables;
    this.learningRate = learningRateOf(this.#optimizer);
  }

  get logs(): Trainable['logs'] {
    return this.#train.logs;
  }

  get trainLogs(): StepFunction {
    return this.#train.values;
  }

  get testLogs(): StepFunction {
    return this.#test.values;
  }

  get resetTrainTrackers(): StepFunction {
    return this.#train.reset;
  }

  get resetTestTrackers(): StepFunction {
    return this.#test.reset;
  }

  trainStep(seed: number, weighted: boolean): StepFunction {
    return (columns) => {
      const batch = this.#split(columns, weighted);
      const random = new RandomSource(seed, this.#optimizer.iterations);
      let kept: tf.Tensor[] = [];
      let forward: Forward | undefined;
      const compute = (): tf.Scalar => {
        forward = this.#forward(batch, random, 'training');
        kept = tensorsOf(forward).filter((tensor) => !columns.includes(tensor));
        kept.forEach((tensor) => tf.keep(tensor));
        return this.#scaled(forward.total);
      };
      const grads = this.#gradients(compute);
      this.#optimizer.apply(this.#trained.map(({ variable }) => grads[variable.name] ?? null));
      const { applied } = forward!;
      for (const [path, next] of applied.updates)
        this.model.variables.get(path)!.variable.assign(next as tf.Tensor);
      this.#track(this.#train, batch, forward!);
      tf.dispose(kept);
      return [];
    };
  }

  testStep(weighted: boolean): StepFunction {
    return (columns) => {
      const batch = this.#split(columns, weighted);
      this.#track(this.#test, batch, this.#forward(batch, this.#noRandom(), 'inference'));
      return [];
    };
  }

  /** Keras's `finalize_variable_values`, after the last epoch. */
  readonly finalizeWeights: StepFunction = () => {
    this.#optimizer.finalizeWeights();
    return [];
  };

  predictStep(): StepFunction {
    return (columns) => [
      ...applyModel(this.model, columns, { training: false, random: this.#noRandom() }).outputs,
    ];
  }

  /** Frees the optimizer and the metrics; the model's weights stay. */
  dispose(): void {
    for (const variable of this.optimizerVariables.values()) variable.dispose();
    this.#train.dispose();
    this.#test.dispose();
  }

  /** Inference draws no random numbers, but a layer called with training=True may. */
  #noRandom(): RandomSource {
    return new RandomSource(0, this.#optimizer.iterations);
  }

  #split(columns: readonly tf.Tensor[], weighted: boolean): BatchColumns {
    const inputs = this.model.description.inputs.length;
    return splitColumns(columns, { inputs, hasTarget: this.#hasTarget, weighted });
  }

  #forward(batch: BatchColumns, random: RandomSource, mode: 'training' | 'inference'): Forward {
    const applied = applyModel(this.model, batch.inputs, { training: mode === 'training', random });
    return { applied, ...this.#objective.compute(applied, batch.targets, batch.sampleWeight) };
  }

  /** `loss_scale_factor`: the optimizer divides the gradients by it again. */
  #scaled(loss: tf.Scalar): tf.Scalar {
    const { lossScale } = this.#optimizer;
    return lossScale === null ? loss : (tf.mul(loss, lossScale) as tf.Scalar);
  }

  #gradients(compute: () => tf.Scalar): tf.NamedTensorMap {
    if (this.#trained.length === 0) {
      compute();
      return {};
    }
    const variables = this.#trained.map(({ variable }) => variable);
    return tf.variableGrads(compute, variables).grads;
  }

  #track(trackers: Trackers, { targets, inputs, sampleWeight }: BatchColumns, forward: Forward): void {
    const { applied, losses, total } = forward;
    trackers.update({
      samples: inputs[0]!.shape[0]!,
      loss: total,
      losses,
      targets,
      predictions: applied.outputs,
      masks: applied.masks,
      sampleWeight,
    });
  }
}
