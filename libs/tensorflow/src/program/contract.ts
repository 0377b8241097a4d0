import type * as tf from '@tensorflow/tfjs-core';

/** Shape and element type of a tensor; every tensor is its own spec. */
export interface TensorSpec {
  readonly shape: readonly number[];
  /** `float32`, `int32` or `bool`. */
  readonly dtype: tf.DataType;
}

/**
 * One step: TensorFlow.js operations from inputs to outputs. It may read and assign the program's variables, tidy and
 * take gradients. It must do the same operations each time: no value read back (`dataSync`, `arraySync`), no random
 * numbers but a `RandomSource`'s, no count or clock of its own, and no variable created or used that the program doesn't list.
 */
export type StepFunction = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/** A loop over batches of rows. The step's inputs are one batch of each column, `[batchSize, ...row]`, then the extra inputs. */
export interface LoopDefinition {
  /** Name of the rows, as given to `GraphProgram.addData`. */
  readonly data: string;
  /** Rows a batch. A last batch that is smaller needs a loop of its own. */
  readonly batchSize: number;
  /** Specs of inputs that stay the same for all batches of one run, such as a learning rate. */
  readonly extraInputs?: readonly TensorSpec[];
  /**
   * Which steps' outputs a run returns: of the last step as they are (the default), or of every step, stacked along a new
   * first axis of length `batches`.
   */
  readonly outputs?: 'last' | 'every';
}

/** One native call that runs a loop's step for `batches` batches. */
export interface LoopRun {
  /** Row numbers in the order of training, int32. A tensor is passed without a copy. */
  readonly order: Int32Array | tf.Tensor1D;
  /** Where in `order` the first batch starts; 0 by default. */
  readonly firstRow?: number;
  readonly batches: number;
  readonly extraInputs?: readonly tf.Tensor[];
}

/** Collects the traces of functions and loops over one set of variables. `new GraphProgram(variables)` implements it. */
export interface GraphProgramContract {
  /** Declares rows that loops gather batches from: for each column, shape and element type of one row. */
  addData(name: string, rows: readonly TensorSpec[]): void;
  /**
   * Traces a step that is called with its inputs. The step runs eagerly, on zeros; the variables keep their values.
   * @throws {UntraceableError}
   */
  addFunction(name: string, step: StepFunction, inputs: readonly TensorSpec[]): void;
  /**
   * Traces a step that is run in a loop over batches of rows.
   * @throws {UntraceableError}
   */
  addLoop(name: string, step: StepFunction, loop: LoopDefinition): void;
  /** Builds one graph of all traces and opens a session, whose variables start with the present values. */
  build(): GraphSessionContract;
}

/** A program whose variables and rows live in a TensorFlow session. Tensors that it returns are the caller's to dispose. */
export interface GraphSessionContract {
  /** Runs a function. Inputs must have the traced shapes and types. */
  call(name: string, inputs: readonly tf.Tensor[]): tf.Tensor[];
  /** Copies rows into the session: one tensor a column, `[rows, ...row]`. Earlier rows of that name are dropped. */
  setData(name: string, columns: readonly tf.Tensor[]): void;
  /** Runs a loop in one native call, which can't be interrupted: choose `batches` so that it takes under a second. */
  runLoop(name: string, run: LoopRun): tf.Tensor[];
  /** The session's present values of these variables (all, by default). */
  readVariables(which?: readonly tf.Variable[]): tf.Tensor[];
  /** Gives these variables (all, by default) new values in the session. */
  assignVariables(values: readonly tf.Tensor[], which?: readonly tf.Variable[]): void;
  /** Assigns the session's values to the TensorFlow.js variables themselves, for checkpoints and eager code. */
  pullVariables(which?: readonly tf.Variable[]): void;
  /** Assigns the TensorFlow.js variables' values to the session's, after eager code changed them. */
  pushVariables(which?: readonly tf.Variable[]): void;
  /** Closes the session and frees what it holds. */
  dispose(): void;
}
