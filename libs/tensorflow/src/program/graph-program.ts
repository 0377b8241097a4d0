import type * as tf from '@tensorflow/tfjs-core';
import { UntraceableError } from '../errors.js';
import { addFunction, type NativeSpec } from '../graph/function-graph.js';
import { GraphWriter } from '../graph/graph-writer.js';
import { addLoop } from '../graph/loop-graph.js';
import { addSessionVariable, type SessionVariable } from '../graph/session-variable.js';
import { NativeSession } from '../native/saved-model-session.js';
import { recordStep } from '../tracing/record-step.js';
import type { Constant, Recording } from '../tracing/recording.js';
import type { LoopDefinition, StepFunction, TensorSpec } from './contract.js';
import { GraphSession, type SessionParts } from './graph-session.js';
import { collectHeldConstants, fillHeldConstants } from './held-constants.js';
import { nativeSpec } from './specs.js';

interface TracedFunction {
  readonly recording: Recording;
  readonly inputs: readonly NativeSpec[];
}

interface TracedLoop extends TracedFunction {
  readonly definition: LoopDefinition;
}

/**
 * Collects steps over one set of variables, and turns them into one TensorFlow graph in which they run without JavaScript.
 * Results are bit for bit those of eager execution.
 */
export class GraphProgram {
  readonly #variables: readonly tf.Variable[];
  readonly #data = new Map<string, readonly TensorSpec[]>();
  readonly #functions = new Map<string, TracedFunction>();
  readonly #loops = new Map<string, TracedLoop>();

  /**
   * @param variables all state that steps read or assign, of type float32, int32 or bool: weights, optimizer slots, metric sums,
   * counters. None may appear twice.
   */
  constructor(variables: readonly tf.Variable[]) {
    if (new Set(variables).size !== variables.length) throw new TypeError('a variable is listed twice');
    for (const variable of variables) nativeSpec(variable, `the variable "${variable.name}"`);
    this.#variables = [...variables];
  }

  /**
   * Declares rows that loops gather batches from.
   * @param rows for each column, shape and element type of one row
   */
  addData(name: string, rows: readonly TensorSpec[]): void {
    if (this.#data.has(name)) throw new TypeError(`there are rows named "${name}" already`);
    rows.forEach((row, column) => nativeSpec(row, `column ${column} of "${name}"`));
    this.#data.set(
      name,
      rows.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
    );
  }

  /**
   * Traces a step that is called with its inputs. It runs eagerly, twice, on the inputs that are tensors and zeros for
   * others; the variables keep their values.
   * @throws {UntraceableError} when the step does what a graph can't repeat
   */
  addFunction(name: string, step: StepFunction, inputs: readonly TensorSpec[]): void {
    this.#functions.set(name, this.#trace(name, step, inputs));
  }

  /**
   * Traces a step that runs in a loop over batches of rows.
   * @throws {UntraceableError} when the step does what a graph can't repeat
   */
  addLoop(name: string, step: StepFunction, definition: LoopDefinition): void {
    const { data, batchSize, extraInputs = [] } = definition;
    const columns = this.#data.get(data);
    if (columns === undefined) throw new TypeError(`there are no rows named "${data}"; call addData first`);
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`batchSize must be a positive integer, not ${batchSize}`);
    }
    const batches = columns.map(({ dtype, shape }) => ({ dtype, shape: [batchSize, ...shape] }));
    this.#loops.set(name, { ...this.#trace(name, step, [...batches, ...extraInputs]), definition });
  }

  /** Builds the graph and opens a session on it, whose variables start with the present values. */
  build(): GraphSession {
    const graph = new GraphWriter();
    const variables = this.#variables.map(({ shape, dtype }, index) => {
      const spec = nativeSpec({ shape, dtype }, 'a variable');
      return addSessionVariable(graph, `variable${index}`, spec.dtype, spec.shape);
    });
    const data = this.#addColumns(graph);
    const constants = collectHeldConstants([...this.#functions.values(), ...this.#loops.values()]);
    const held = addHeldConstants(graph, constants);
    const shared = { variables, held };
    const functions = [...this.#functions].map(
      ([name, traced], index) =>
        [
          name,
          { ...traced, nodes: addFunction(graph, `function${index}`, { ...traced, ...shared }) },
        ] as const,
    );
    const loops = [...this.#loops].map(([name, traced], index) => {
      const { data: rows, batchSize, outputs = 'last' } = traced.definition;
      const step = { ...traced, ...shared, columns: data.get(rows)!, batchSize, outputs };
      return [name, { ...traced, ...step, nodes: addLoop(graph, `loop${index}`, step) }] as const;
    });
    const session = openSession(graph);
    fillHeldConstants(session, constants, held);
    const parts: SessionParts = { data, functions: new Map(functions), loops: new Map(loops) };
    return new GraphSession(session, this.#variables, variables, parts);
  }

  #addColumns(graph: GraphWriter): Map<string, SessionVariable[]> {
    const data = new Map<string, SessionVariable[]>();
    for (const [name, rows] of this.#data) {
      const columns = rows.map((row, column) => {
        const { dtype, shape } = nativeSpec(row, 'a column');
        return addSessionVariable(graph, `data${data.size}/column${column}`, dtype, [-1, ...shape]);
      });
      data.set(name, columns);
    }
    return data;
  }

  #trace(name: string, step: StepFunction, inputs: readonly TensorSpec[]): TracedFunction {
    if (this.#functions.has(name) || this.#loops.has(name))
      throw new TypeError(`"${name}" is traced already`);
    const specs = inputs.map((input, index) => nativeSpec(input, `input ${index} of "${name}"`));
    return { recording: recordStep(step, this.#variables, inputs), inputs: specs };
  }
}

function addHeldConstants(
  graph: GraphWriter,
  constants: ReadonlyMap<string, Constant>,
): Map<string, SessionVariable> {
  const held = new Map<string, SessionVariable>();
  for (const [key, { dtype, shape }] of constants) {
    held.set(key, addSessionVariable(graph, `held${held.size}`, dtype, shape));
  }
  return held;
}

function openSession(graph: GraphWriter): NativeSession {
  try {
    return new NativeSession(graph.nodes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UntraceableError(`TensorFlow refused its graph: ${reason}`, { cause: error });
  }
}
