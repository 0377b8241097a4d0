import { type FileHandle, open } from 'node:fs/promises';
import { ELEMENT_BYTES, elementCount, type ElementType, headerSchema, SafetensorsError } from './header.js';

export interface TensorEntry {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** Some elements of a tensor, flat and row-major. */
export interface ElementRange {
  readonly start: number;
  readonly count: number;
}

const LONGEST_HEADER = 100_000_000;

/** An open safetensors file: its header is in memory, each tensor is read when it is asked for. */
export class SafetensorsFile {
  private constructor(
    private readonly file: FileHandle,
    /** By name, in the order of the file. */
    readonly tensors: ReadonlyMap<string, TensorEntry>,
    readonly metadata: Readonly<Record<string, string>>,
    private readonly offsets: ReadonlyMap<string, number>,
  ) {}

  /** @throws SafetensorsError when the file is not of this format, or is cut off */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const headerLength = await readHeaderLength(file, size);
      const { __metadata__: metadata, ...entries } = parseHeader(await readBytes(file, 8, headerLength));
      const dataStart = 8 + headerLength;
      const tensors = new Map<string, TensorEntry>();
      const offsets = new Map<string, number>();
      for (const [
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ] of Object.entries(entries)) {
        if (to - from !== elementCount(shape) * ELEMENT_BYTES || dataStart + to > size) {
          throw new SafetensorsError(`tensor ${name} does not lie within the file`);
        }
        tensors.set(name, { name, dtype, shape });
        offsets.set(name, dataStart + from);
      }
      return new SafetensorsFile(file, tensors, metadata, offsets);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * The values of a tensor, or some of them.
   *
   * @throws SafetensorsError when there is no such tensor
   */
  async read(name: string, range?: ElementRange): Promise<Float32Array | Int32Array> {
    const entry = this.tensors.get(name);
    const offset = this.offsets.get(name);
    if (entry === undefined || offset === undefined)
      throw new SafetensorsError(`the file has no tensor ${name}`);
    const { start, count } = range ?? { start: 0, count: elementCount(entry.shape) };
    const bytes = await readBytes(this.file, offset + start * ELEMENT_BYTES, count * ELEMENT_BYTES);
    const values = entry.dtype === 'float32' ? Float32Array : Int32Array;
    return new values(bytes.buffer, bytes.byteOffset, count);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function readHeaderLength(file: FileHandle, size: number): Promise<number> {
  if (size < 8) throw new SafetensorsError('the file is too short to be safetensors');
  const length = Number((await readBytes(file, 0, 8)).readBigUInt64LE());
  if (length > LONGEST_HEADER || 8 + length > size)
    throw new SafetensorsError('the file is not safetensors, or is cut off');
  return length;
}

function parseHeader(bytes: Buffer) {
  try {
    return headerSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new SafetensorsError('the header of the file is damaged', { cause: error });
  }
}

/** @returns a buffer of its own, aligned for typed arrays */
async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new SafetensorsError('the file is cut off');
    done += bytesRead;
  }
  return buffer;
}
