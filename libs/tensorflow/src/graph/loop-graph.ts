import { DataTypeNumber } from '../native/backend.js';
import type { Value } from '../tracing/recording.js';
import { addOutputs, resolveAssignments, typeOfOuter, type StepGraph } from './function-graph.js';
import { control, type GraphWriter } from './graph-writer.js';
import { LoopFrame } from './loop-frame.js';
import { addOperations, zeros, type Resolve } from './operations.js';
import type { SessionVariable } from './session-variable.js';

export interface LoopStepGraph extends StepGraph {
  /** The rows, one variable a column: the step's first inputs are batches of these. */
  readonly columns: readonly SessionVariable[];
  readonly batchSize: number;
  readonly outputs: 'last' | 'every';
}

export interface LoopNodes {
  /** int32 vector of row numbers. */
  readonly order: string;
  /** int32 scalars: positions in `order` of the first batch's start and the last one's end. */
  readonly first: string;
  readonly end: string;
  readonly extraInputs: readonly string[];
  readonly outputs: readonly string[];
}

const INT32 = { type: DataTypeNumber.int32 };

/** Adds a loop that gathers a batch of rows and does the step, round after round, in one run of the session. */
export function addLoop(graph: GraphWriter, prefix: string, step: LoopStepGraph): LoopNodes {
  const { recording, columns, inputs, variables, batchSize } = step;
  const placeholder = (name: string, dtype: number, shape: readonly number[]) =>
    graph.add('Placeholder', `${prefix}/${name}`, [], { dtype: { type: dtype }, shape: { shape } });
  const order = placeholder('order', DataTypeNumber.int32, [-1]);
  const first = placeholder('first', DataTypeNumber.int32, []);
  const end = placeholder('end', DataTypeNumber.int32, []);
  const extraInputs = inputs
    .slice(columns.length)
    .map(({ dtype, shape }, index) => placeholder(`extra${index}`, dtype, shape));

  const frame = new LoopFrame(graph, prefix, first, end);
  const batches = addBatch(frame, columns, frame.enter(order, DataTypeNumber.int32), batchSize);
  const reads = new Map<number, string>();
  const readInRound = (index: number) => {
    const { handle, dtype } = variables[index]!;
    const known = reads.get(index);
    if (known !== undefined) return known;
    const where = [frame.enter(handle, DataTypeNumber.resource), control(frame.counter)];
    const node = graph.add('ReadVariableOp', `${prefix}/read${index}`, where, { dtype: { type: dtype } });
    reads.set(index, node);
    return node;
  };
  const outer: Resolve = (value) => {
    if (value.from === 'input') {
      if (value.index < columns.length) return batches[value.index]!;
      return frame.enter(extraInputs[value.index - columns.length]!, inputs[value.index]!.dtype);
    }
    // A variable that the step doesn't assign is read once, before the loop.
    if (value.from === 'variable') {
      if (recording.assignments.has(value.index)) return readInRound(value.index);
      return enterPresent(frame, `${prefix}/before${value.index}`, variables[value.index]!);
    }
    if (value.from === 'operation') throw new TypeError('an operation is not an outer value');
    const { key, dtype } = value.constant;
    const large = step.held.get(key);
    if (large !== undefined) return enterPresent(frame, `${prefix}/${large.handle}`, large);
    return frame.enter(graph.constant(value.constant), dtype);
  };
  const typeOf = (value: Value) => typeOfOuter(step, value);
  const resolve = addOperations(graph, prefix, recording, outer, typeOf);
  const values = recording.outputs.map(({ value }) => resolve(value));
  const results =
    step.outputs === 'every'
      ? stackOutputs(frame, step, values, [first, end])
      : carryOutputs(frame, step, values);

  const assigned = resolveAssignments(graph, prefix, step, resolve, (input) => input >= columns.length);
  const assigns = assigned.map(([index, value]) => {
    const { handle, dtype } = variables[index]!;
    const after = [reads.get(index) ?? frame.counter, frame.counter].map(control);
    const target = frame.enter(handle, DataTypeNumber.resource);
    return graph.add('AssignVariableOp', `${prefix}/assign${index}`, [target, value, ...new Set(after)], {
      dtype: { type: dtype },
    });
  });
  frame.advance(graph.int32([], batchSize), assigns);
  return {
    order,
    first,
    end,
    extraInputs,
    outputs: addOutputs(graph, prefix, recording, results, [frame.ended]),
  };
}

function addBatch(
  frame: LoopFrame,
  columns: readonly SessionVariable[],
  order: string,
  batchSize: number,
): string[] {
  const { graph, prefix } = frame;
  const axis = frame.enter(graph.int32([], 0), DataTypeNumber.int32);
  const size = frame.enter(graph.int32([1], batchSize), DataTypeNumber.int32);
  const begin = graph.add('ExpandDims', `${prefix}/begin`, [frame.counter, axis], { T: INT32, Tdim: INT32 });
  const rows = graph.add('Slice', `${prefix}/rows`, [order, begin, size], { T: INT32, Index: INT32 });
  return columns.map((column, index) => {
    const all = enterPresent(frame, `${prefix}/column${index}`, column);
    return graph.add('GatherV2', `${prefix}/batch${index}`, [all, rows, axis], {
      Tparams: { type: column.dtype },
      Tindices: INT32,
      Taxis: INT32,
      batch_dims: { int: 0 },
    });
  });
}

/** A variable's value from before the loop. */
function enterPresent(frame: LoopFrame, name: string, { handle, dtype }: SessionVariable): string {
  const read = frame.graph.has(name)
    ? name
    : frame.graph.add('ReadVariableOp', name, [handle], { dtype: { type: dtype } });
  return frame.enter(read, dtype);
}

function carryOutputs(frame: LoopFrame, { recording }: StepGraph, values: readonly string[]): string[] {
  return values.map((value, index) => {
    const { dtype, shape } = recording.outputs[index]!;
    const name = `last${index}`;
    const carried = frame.carry(
      name,
      zeros(frame.graph, `${frame.prefix}/${name}/zeros`, dtype, shape),
      dtype,
    );
    carried.next(value);
    return carried.exit;
  });
}

/** Keeps every round's outputs in a list and stacks them at the end. */
function stackOutputs(
  frame: LoopFrame,
  { recording, batchSize }: LoopStepGraph,
  values: readonly string[],
  [first, end]: readonly [string, string],
): string[] {
  const { graph, prefix } = frame;
  const roundsUpTo = (name: string, position: string, from: string, size: string) => {
    const rows = graph.add('Sub', `${prefix}/${name}/rows`, [position, from], { T: INT32 });
    return graph.add('FloorDiv', `${prefix}/${name}`, [rows, size], { T: INT32 });
  };
  const size = graph.int32([], batchSize);
  const rounds = roundsUpTo('rounds', end, first, size);
  const enter = (node: string) => frame.enter(node, DataTypeNumber.int32);
  const round = roundsUpTo('round', frame.counter, enter(first), enter(size));
  return values.map((value, index) => {
    const { dtype, shape } = recording.outputs[index]!;
    const place = `${prefix}/every${index}`;
    const element = { element_dtype: { type: dtype } };
    const elementShape = graph.int32([shape.length], ...shape);
    const list = graph.add('TensorListReserve', `${place}/reserve`, [elementShape, rounds], {
      ...element,
      shape_type: INT32,
    });
    const carried = frame.carry(`every${index}/list`, list, DataTypeNumber.variant);
    carried.next(graph.add('TensorListSetItem', `${place}/set`, [carried.body, round, value], element));
    return graph.add('TensorListStack', `${place}/stack`, [carried.exit, elementShape], {
      ...element,
      num_elements: { int: -1 },
    });
  });
}
