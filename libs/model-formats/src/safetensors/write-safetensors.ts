import { type FileHandle, open } from 'node:fs/promises';
import { ELEMENT_BYTES, ELEMENT_TYPES, elementCount, type ElementType } from './header.js';

/** A tensor to be written; its values are asked for when its turn comes, so that only one needs to be in memory. */
export interface TensorToWrite {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  read(): Float32Array | Int32Array | Promise<Float32Array | Int32Array>;
}

const HEADER_ALIGNMENT = 8;

/**
 * Writes a file in the safetensors format (header length as u64, JSON header, little-endian data) and waits until the disk has
 * it. The caller chooses a temporary path and renames it when a half-written file must never be seen.
 *
 * @throws Error with code ENOSPC when the disk is full
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.appendFile(encodeHeader(tensors, metadata));
    for (const tensor of tensors) await appendTensor(file, tensor);
    await file.sync();
  } finally {
    await file.close();
  }
}

function encodeHeader(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    const end = offset + elementCount(shape) * ELEMENT_BYTES;
    header[name] = { dtype: ELEMENT_TYPES[dtype], shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces are allowed behind the JSON; with them the data starts aligned.
  const padding = (HEADER_ALIGNMENT - (json.length % HEADER_ALIGNMENT)) % HEADER_ALIGNMENT;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding));
  return Buffer.concat([length, json, Buffer.alloc(padding, ' ')]);
}

async function appendTensor(file: FileHandle, { name, dtype, shape, read }: TensorToWrite): Promise<void> {
  const values = await read();
  const expected = dtype === 'float32' ? Float32Array : Int32Array;
  if (!(values instanceof expected) || values.length !== elementCount(shape)) {
    throw new TypeError(`tensor ${name} is not ${dtype} [${shape.join(', ')}]`);
  }
  await file.appendFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
