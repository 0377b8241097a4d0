import { UntraceableError } from '../errors.js';

const STATEFUL_RANDOM = new Set([
  'Multinomial',
  'RandomGamma',
  'RandomPoissonV2',
  'RandomShuffle',
  'RandomStandardNormal',
  'RandomUniform',
  'RandomUniformInt',
  'TruncatedNormal',
]);
const SHAPE_DEPENDS_ON_VALUES = new Set([
  'ListDiff',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV5',
  'SparseFillEmptyRows',
  'SparseReshape',
  'StringSplit',
  'Unique',
  'UniqueV2',
  'Where',
]);

const USE_RANDOM_SOURCE =
  'take seeds from a RandomSource and numbers from statelessUniform, statelessNormal or statelessTruncatedNormal';

/** Why an operation can't be part of a trace; undefined when it can. */
export function refusalOf(operation: string): string | undefined {
  if (STATEFUL_RANDOM.has(operation)) {
    return `${operation} draws numbers that a resumed run could not draw again; ${USE_RANDOM_SOURCE}.`;
  }
  if (SHAPE_DEPENDS_ON_VALUES.has(operation)) {
    return `the shape of what ${operation} returns depends on values, and a trace has fixed shapes.`;
  }
  return undefined;
}

/**
 * Runs `work` with a Math.random that notes its use: TensorFlow.js draws its random tensors (`randomNormal`, `randomUniform`,
 * `dropout`) with it in JavaScript, and a trace would repeat the same numbers in every step.
 */
export function withoutMathRandom<T>(refuse: (error: UntraceableError) => never, work: () => T): T {
  const random = Math.random;
  Math.random = () =>
    refuse(
      new UntraceableError(
        `it draws random numbers in JavaScript (Math.random, tf.randomNormal, tf.randomUniform, tf.dropout); ${USE_RANDOM_SOURCE}.`,
      ),
    );
  try {
    return work();
  } finally {
    Math.random = random;
  }
}
