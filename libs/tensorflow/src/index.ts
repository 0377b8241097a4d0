export { TensorFlowUnavailableError, UntraceableError } from './errors.js';
export { loadTensorFlow } from './load-tensorflow.js';
export type { LoadOptions, TensorFlowInfo, ThreadCounts } from './load-tensorflow.js';
export { AttributeKind, nativeBackend, typeAttribute } from './native/backend.js';
export type { NativeAttribute } from './native/backend.js';
export type {
  GraphProgramContract,
  GraphSessionContract,
  LoopDefinition,
  LoopRun,
  StepFunction,
  TensorSpec,
} from './program/contract.js';
export { permutation } from './random/permutation.js';
export { RandomSource } from './random/random-source.js';
export { statelessNormal, statelessTruncatedNormal, statelessUniform } from './random/stateless-random.js';
