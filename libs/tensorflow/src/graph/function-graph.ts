import type { Recording, Value } from '../tracing/recording.js';
import { control, type GraphWriter } from './graph-writer.js';
import { addOperations, type Resolve } from './operations.js';
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
  const values = [...recording.assignments].map(([index, value]) => [index, resolve(value)] as const);
  const assigns = values.map(([index, value]) => {
    const { handle, dtype } = variables[index]!;
    const readBefore = reads.get(`read${index}`);
    return graph.add(
      'AssignVariableOp',
      `${prefix}/assign${index}`,
      [handle, value, ...(readBefore === undefined ? [] : [control(readBefore)])],
      { dtype: { type: dtype } },
    );
  });
  return { placeholders, outputs: addOutputs(graph, prefix, recording, outputs, assigns) };
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
