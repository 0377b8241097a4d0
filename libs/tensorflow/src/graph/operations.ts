import { AttributeKind, DataTypeNumber, type NativeAttribute } from '../native/backend.js';
import type { RecordedOperation, Recording, Value } from '../tracing/recording.js';
import type { GraphWriter } from './graph-writer.js';
import type { AttributeValue } from './wire.js';

/** Finds the node output that holds a value. */
export type Resolve = (value: Value) => string;

// Type attributes that TensorFlow.js leaves out, since eager execution infers them: the input whose type they are.
const IMPLIED_TYPES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
};

/**
 * Adds the operations of a recording, and returns where each value is found.
 * @param outer finds inputs, variables and constants
 * @param typeOf type of an input or variable
 */
export function addOperations(
  graph: GraphWriter,
  prefix: string,
  recording: Recording,
  outer: Resolve,
  typeOf: (value: Value) => number,
): Resolve {
  const resolve: Resolve = (value) => {
    if (value.from !== 'operation') return outer(value);
    const name = `${prefix}/operation${value.index}`;
    return value.output === 0 ? name : `${name}:${value.output}`;
  };
  const typeIn = (value: Value): number => {
    if (value.from === 'operation') return recording.operations[value.index]!.outputs[value.output]!.dtype;
    return value.from === 'constant' ? value.constant.dtype : typeOf(value);
  };
  recording.operations.forEach((operation, index) => {
    const attributes = Object.fromEntries(operation.attributes.map((one) => [one.name, attributeValue(one)]));
    graph.add(operation.name, `${prefix}/operation${index}`, operation.inputs.map(resolve), {
      ...impliedTypes(operation, typeIn),
      ...attributes,
    });
  });
  return resolve;
}

function impliedTypes(
  operation: RecordedOperation,
  typeIn: (value: Value) => number,
): Record<string, AttributeValue> {
  const implied = Object.entries(IMPLIED_TYPES[operation.name] ?? {});
  return Object.fromEntries(
    implied.map(([name, input]) => [name, { type: typeIn(operation.inputs[input]!) }]),
  );
}

function attributeValue({ name, type, value }: NativeAttribute): AttributeValue {
  switch (type) {
    case AttributeKind.string:
      return { string: String(value) };
    case AttributeKind.int:
      return Array.isArray(value) ? { ints: value as number[] } : { int: Number(value) };
    case AttributeKind.float:
      return Array.isArray(value) ? { floats: value as number[] } : { float: Number(value) };
    case AttributeKind.bool:
      return Array.isArray(value) ? { bools: value as boolean[] } : { bool: value === true };
    case AttributeKind.type:
      return { type: Number(value) };
    case AttributeKind.shape:
      return { shape: value as number[] };
    default:
      throw new TypeError(`the attribute "${name}" is of a kind (${type}) that the binding doesn't know`);
  }
}

/** Zeros of a type and shape. */
export function zeros(graph: GraphWriter, name: string, dtype: number, shape: readonly number[]): string {
  const size = shape.reduce((product, length) => product * length, 1);
  const bytes = new Uint8Array(
    size * (dtype === DataTypeNumber.bool ? 1 : dtype === DataTypeNumber.complex64 ? 8 : 4),
  );
  return graph.add('Const', name, [], { dtype: { type: dtype }, value: { tensor: { dtype, shape, bytes } } });
}
