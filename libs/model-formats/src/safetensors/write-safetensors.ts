import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { writeAtomically } from '../atomic-file.js';
import { encodeHeader } from './header.js';
import { byteLength, SafetensorsError, type TensorInfo, type TensorValues } from './tensor-types.js';

/** A tensor to be written. Its data is asked for when its turn comes, and not kept. */
export interface TensorToWrite extends TensorInfo {
  readonly name: string;
  /** All elements in row-major order, or parts of them one after the other. */
  read(): TensorValues | Promise<TensorValues> | Iterable<TensorValues> | AsyncIterable<TensorValues>;
}

export interface WrittenFile {
  readonly bytes: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
}

const asBytes = (data: TensorValues): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const ARRAYS = { float32: Float32Array, int32: Int32Array } as const;

async function* partsOf(tensor: TensorToWrite): AsyncGenerator<Uint8Array> {
  const data = await tensor.read();
  for await (const part of ArrayBuffer.isView(data) ? [data] : data) {
    if (!(part instanceof ARRAYS[tensor.dtype])) {
      throw new SafetensorsError(`The data of the tensor ${tensor.name} is not ${tensor.dtype}`);
    }
    yield asBytes(part);
  }
}

const writeAll = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, Math.min(bytes.length - written, 1 << 30));
    written += bytesWritten;
  }
};

const writeTo = async (
  temporary: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Promise<WrittenFile> => {
  const hash = createHash('sha256');
  const file = await open(temporary, 'wx');
  let bytes = 0;
  const append = async (part: Uint8Array): Promise<void> => {
    hash.update(part);
    await writeAll(file, part);
    bytes += part.length;
  };
  try {
    await append(encodeHeader(tensors, metadata));
    for (const tensor of tensors) {
      const expected = byteLength(tensor);
      const start = bytes;
      for await (const part of partsOf(tensor)) await append(part);
      if (bytes - start === expected) continue;
      throw new SafetensorsError(
        `The tensor ${tensor.name} has ${bytes - start} bytes of data, not ${expected}`,
      );
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
};

/**
 * Writes a safetensors file, whole or not at all.
 * @param metadata what else the file says, as texts
 * @throws SafetensorsError when a tensor's data does not fit its shape, or a name stands twice; the file system's errors
 */
export const writeSafetensors = (
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> => writeAtomically(path, (temporary) => writeTo(temporary, tensors, metadata));
