export { parseModel } from './definition/parse-model.js';
export { ModelDefinitionError, type ModelProblem } from './definition/model-definition-error.js';
export { callsInOrder, type CallStep } from './calls-in-order.js';
export { describeModel, type ModelDetails } from './description/describe-model.js';
export { modelWeights, type ModelWeight } from './description/model-weights.js';
export type { ParameterCounts } from './description/parameter-counts.js';
export type { InferredCall, InferredLayer } from './shapes/infer-shapes.js';
export { modelSummary, type ModelSummary, type SummaryRow } from './summary/model-summary.js';
export {
  readCompile,
  type CompiledOutput,
  type CompileReading,
  type TrainedOutput,
} from './training/read-compile.js';
export { validateTraining, type TrainingRequest } from './training/validate-training.js';
export { ShapeError, type LayerDefinition, type WeightSpec } from './layer-definition.js';
export type { LayerCall, LayerDescription, ModelDescription, TensorReference } from './model-description.js';
export type { ComponentDefinition, ResolvedObject } from './catalogue/component-definition.js';
export { ConfigError, UnknownNameError, type ConfigIssue } from './catalogue/errors.js';
export { nearestNames } from './catalogue/nearest-names.js';
export type { OutputContext, TargetKind } from './catalogue/output-context.js';
export { ACTIVATIONS, resolveActivation } from './activations/index.js';
export { CONSTRAINTS, resolveConstraint } from './constraints/index.js';
export { INITIALIZERS, resolveInitializer } from './initializers/index.js';
export { REGULARIZERS, resolveRegularizer } from './regularizers/index.js';
export { LOSSES, resolveLoss } from './losses/index.js';
export { METRICS, resolveMetric } from './metrics/index.js';
export {
  LEARNING_RATE_SCHEDULES,
  OPTIMIZERS,
  resolveOptimizer,
  resolveSchedule,
} from './optimizers/index.js';
export { LAYERS, resolveLayer, type LayerConfig, type LayerName } from './layers/index.js';
export type { ActivationValue } from './layers/activation-field.js';
export {
  cellStates,
  stackedCells,
  type CellStates,
  type PlacedCell,
} from './layers/recurrent/cell-structure.js';
export { attentionAxes } from './layers/attention/attention-axes.js';
export { directionsOf } from './layers/recurrent/bidirectional.js';
export {
  CALLBACK_CONFIGS,
  readCallbacks,
  UNSUPPORTED_CALLBACKS,
  type CallbackConfig,
  type CallbackDescription,
  type CallbackName,
} from './callbacks/index.js';
