import type { Recording, Value } from '../tracing/recording.js';
import { control, type GraphWriter } from './graph-writer.js';
import { addOperations, type Resolve } from './operations.js';
import { mayShareInput } from './ownership.js';
import type { SessionVariable } from './session-variable.js';

/** An input or row of a step, its element type as TensorFlow numbers it. */
export interface NativeSpec {
  readonly dtype: number;
  readonly shape: readonly number[];
}

export interface FunctionNodes {
  readonly placeholders: readonly string[];
  /** Fetch these; they are there when all assignments are done. One of them stands in where the step returns nothing. */
  readonly outputs: readonly string[];
}

/** What a step is recorded with and drawn from. */
export interface StepGraph {
  readonly recording: Recording;
  readonly inputs: readonly NativeSpec[];
  readonly variables: readonly SessionVariable[];
  /** Large constants, by their key. */
  readonly held: ReadonlyMap<string, SessionVariable>;
}

/** Adds a step that is called: inputs are fed, variables are read once at the start and assigned after their reading. */
export function addFunction(graph: GraphWriter, prefix: string, step: StepGraph): FunctionNodes {
  const { recording, inputs, variables, held } = step;
  const placeholders = inputs.map(({ dtype, shape }, index) =>
    graph.add('Placeholder', `${prefix}/input${index}`, [], { dtype: { type: dtype }, shape: { shape } }),
  );
  const reads = new Map<string, string>();
  const read = (name: string, { dtype, handle }: SessionVariable): string => {
    const known = reads.get(name);
    if (known !== undefined) return known;
    const node = graph.add('ReadVariableOp', `${prefix}/${name}`, [handle], { dtype: { type: dtype } });
    reads.set(name, node);
    return node;
  };
  const outer: Resolve = (value) => {
    if (value.from === 'input') return placeholders[value.index]!;
    if (value.from === 'variable') return read(`read${value.index}`, variables[value.index]!);
    if (value.from === 'operation') throw new TypeError('an operation is not an outer value');
    const large = held.get(value.constant.key);
    return large === undefined ? graph.constant(value.constant) : read(large.handle, large);
  };
  const typeOf = (value: Value) => typeOfOuter(step, value);
  const resolve = addOperations(graph, prefix, recording, outer, typeOf);
  const outputs = recording.outputs.map(({ value }) => resolve(value));
  const values = resolveAssignments(graph, prefix, step, resolve, () => true);
  const assigns = values.map(([index, value]) => {
    const { handle, dtype } = variables[index]!;
    const readBefore = reads.get(`read${index}`);
    const after = readBefore === undefined ? [] : [control(readBefore)];
    return graph.add('AssignVariableOp', `${prefix}/assign${index}`, [handle, value, ...after], {
      dtype: { type: dtype },
    });
  });
  return { placeholders, outputs: addOutputs(graph, prefix, recording, outputs, assigns) };
}

/**
 * The nodes of the values that variables are assigned. All are resolved before the first assignment is drawn, since resolving
 * adds the reads that assignments wait for.
 * @param isFed whether an input is fed, rather than computed in the graph
 */
export function resolveAssignments(
  graph: GraphWriter,
  prefix: string,
  { recording, variables }: StepGraph,
  resolve: Resolve,
  isFed: (input: number) => boolean,
): (readonly [variable: number, node: string])[] {
  return [...recording.assignments].map(([index, value]) => {
    const node = resolve(value);
    if (!mayShareInput(recording, value, isFed)) return [index, node];
    const type = { T: { type: variables[index]!.dtype } };
    return [index, graph.add('DeepCopy', `${prefix}/own${index}`, [node], type)];
  });
}

/** Outputs that wait for `after`. */
export function addOutputs(
  graph: GraphWriter,
  prefix: string,
  recording: Recording,
  values: readonly string[],
  after: readonly string[],
): string[] {
  if (values.length === 0) return [graph.signal(`${prefix}/done`, after)];
  return values.map((value, index) =>
    graph.add('Identity', `${prefix}/output${index}`, [value, ...after.map(control)], {
      T: { type: recording.outputs[index]!.dtype },
    }),
  );
}

export function typeOfOuter({ inputs, variables }: StepGraph, value: Value): number {
  if (value.from === 'input') return inputs[value.index]!.dtype;
  if (value.from === 'variable') return variables[value.index]!.dtype;
  throw new TypeError(`a value from a ${value.from} has its own type`);
}
