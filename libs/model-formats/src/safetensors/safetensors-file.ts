import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  decodeHeader,
  HEADER_LENGTH_BYTES,
  MAX_HEADER_BYTES,
  type Header,
  type TensorEntry,
} from './header.js';
import { ELEMENT_BYTES, elementCount, SafetensorsError, type TensorValues } from './tensor-types.js';

/** Some elements of a tensor, flat and in row-major order. */
export interface ElementRange {
  readonly start: number;
  readonly count: number;
}

/** An open safetensors file: its header is in memory, each tensor is read when it is asked for. */
export class SafetensorsFile {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    header: Header,
  ) {
    this.tensors = header.tensors;
    this.metadata = header.metadata;
  }

  /**
   * Opens a file and checks that it is whole.
   * @throws SafetensorsError when it is cut off, damaged or something else; the file system's errors
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await open(path, 'r');
    try {
      return new SafetensorsFile(path, file, await readHeader(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * The values of a tensor, or some of them.
   * @throws SafetensorsError when there is no such tensor, or it has no such elements
   */
  async read(name: string, range?: ElementRange): Promise<TensorValues> {
    const entry = this.tensors.get(name);
    if (entry === undefined) throw new SafetensorsError(`There is no tensor ${name} in the file`);
    const size = elementCount(entry.shape);
    const { start, count } = range ?? { start: 0, count: size };
    if (start < 0 || count < 0 || start + count > size) {
      throw new SafetensorsError(
        `The tensor ${name} has no ${count} elements from ${start} on: it has ${size}`,
      );
    }
    const bytes = await readBytes(this.file, entry.offset + start * ELEMENT_BYTES, count * ELEMENT_BYTES);
    return entry.dtype === 'float32' ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
  }

  /** SHA-256 of the whole file, in hexadecimal. */
  async digest(): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(this.path), hash);
    return hash.digest('hex');
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** One read call takes less than 2 GiB. */
const MOST_BYTES_AT_ONCE = 1 << 30;

/** @returns a buffer of its own, aligned for typed arrays. */
async function readBytes(file: FileHandle, offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(
      buffer,
      done,
      Math.min(length - done, MOST_BYTES_AT_ONCE),
      offset + done,
    );
    if (bytesRead === 0) throw new SafetensorsError('The file was cut off while it was read');
    done += bytesRead;
  }
  return buffer;
}

async function readHeader(file: FileHandle): Promise<Header> {
  const { size } = await file.stat();
  if (size < HEADER_LENGTH_BYTES) {
    throw new SafetensorsError(`The file has only ${size} bytes: it is no safetensors file, or cut off`);
  }
  const length = Number((await readBytes(file, 0, HEADER_LENGTH_BYTES)).readBigUInt64LE());
  if (length > MAX_HEADER_BYTES || HEADER_LENGTH_BYTES + length > size) {
    throw new SafetensorsError(
      'The header does not end within the file: it is no safetensors file, or cut off',
    );
  }
  return decodeHeader(await readBytes(file, HEADER_LENGTH_BYTES, length), size);
}
