import protobuf from 'google-protobuf';
import { DataTypeNumber } from '../native/backend.js';

// The messages of TensorFlow's graph format that are written here, with the field numbers of the .proto files
// (tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto, protobuf/{meta_graph,saved_model}.proto).

export interface TensorLiteral {
  readonly dtype: number;
  readonly shape: readonly number[];
  /** Elements as TensorFlow stores them. */
  readonly bytes: Uint8Array;
}

export type AttributeValue =
  | { readonly type: number }
  | { readonly shape: readonly number[] }
  | { readonly tensor: TensorLiteral }
  | { readonly string: string }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly bools: readonly boolean[] };

export interface Node {
  readonly operation: string;
  readonly name: string;
  /** `name`, `name:1` for a further output, `^name` for a control edge; control edges come last. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

const GRAPH_VERSION = 1882;

/** A SavedModel of one graph, with no variables of its own, under one tag. */
export function encodeSavedModel(nodes: readonly Node[], tag: string): Uint8Array {
  const model = new protobuf.BinaryWriter();
  model.writeInt64(1, 1);
  model.writeMessage(2, tag, () => {
    model.writeMessage(1, tag, () => model.writeString(4, tag));
    model.writeMessage(2, nodes, () => {
      for (const node of nodes) model.writeMessage(1, node, encodeNode);
      model.writeMessage(4, tag, () => model.writeInt32(1, GRAPH_VERSION));
    });
  });
  return model.getResultBuffer();
}

function encodeNode(node: Node, writer: protobuf.BinaryWriter): void {
  writer.writeString(1, node.name);
  writer.writeString(2, node.operation);
  for (const input of node.inputs) writer.writeString(3, input);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.writeMessage(5, value, () => {
      writer.writeString(1, name);
      writer.writeMessage(2, value, encodeAttribute);
    });
  }
}

function encodeAttribute(value: AttributeValue, writer: protobuf.BinaryWriter): void {
  if ('string' in value) writer.writeBytes(2, Buffer.from(value.string, 'utf8'));
  else if ('int' in value) writer.writeInt64(3, value.int);
  else if ('float' in value) writer.writeFloat(4, value.float);
  else if ('bool' in value) writer.writeBool(5, value.bool);
  else if ('type' in value) writer.writeEnum(6, value.type);
  else if ('shape' in value) writer.writeMessage(7, value.shape, encodeShape);
  else if ('tensor' in value) writer.writeMessage(8, value.tensor, encodeTensor);
  else writer.writeMessage(1, value, encodeList);
}

function encodeList(
  value: Extract<AttributeValue, { ints: unknown } | { floats: unknown } | { bools: unknown }>,
  writer: protobuf.BinaryWriter,
): void {
  if ('ints' in value) writer.writePackedInt64(3, [...value.ints]);
  else if ('floats' in value) writer.writePackedFloat(4, [...value.floats]);
  else writer.writePackedBool(5, [...value.bools]);
}

function encodeShape(shape: readonly number[], writer: protobuf.BinaryWriter): void {
  for (const length of shape) writer.writeMessage(2, length, () => writer.writeInt64(1, length));
}

function encodeTensor(tensor: TensorLiteral, writer: protobuf.BinaryWriter): void {
  writer.writeEnum(1, tensor.dtype);
  writer.writeMessage(2, tensor.shape, encodeShape);
  const repeated = repeatedWord(tensor);
  // One element stands for all where they are equal, which keeps large zeros out of the file; bits are kept, even those of -0.
  if (repeated === undefined) writer.writeBytes(4, tensor.bytes);
  else if (tensor.dtype === DataTypeNumber.float32) writer.writeFixed32(5, repeated);
  else writer.writeInt32(7, repeated | 0);
}

function repeatedWord({ dtype, bytes }: TensorLiteral): number | undefined {
  if (dtype !== DataTypeNumber.float32 && dtype !== DataTypeNumber.int32) return undefined;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return words.length > 1 && words.every((word) => word === words[0]) ? words[0] : undefined;
}
