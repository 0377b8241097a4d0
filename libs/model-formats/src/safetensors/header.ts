import { z } from 'zod';
import {
  byteLength,
  ELEMENT_TYPES,
  SafetensorsError,
  type ElementType,
  type TensorInfo,
} from './tensor-types.js';

/** Where a tensor stands in a file. */
export interface TensorEntry extends TensorInfo {
  readonly name: string;
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface Header {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

export const HEADER_LENGTH_BYTES = 8;
/** The limit of the reference implementation; a larger number means that the file is something else. */
export const MAX_HEADER_BYTES = 100_000_000;
const METADATA_KEY = '__metadata__';

const dtypeOf = (code: string): ElementType | undefined =>
  (Object.keys(ELEMENT_TYPES) as ElementType[]).find((dtype) => ELEMENT_TYPES[dtype] === code);

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});
const metadataEntrySchema = z.tuple([z.string(), z.string()]);

/** The header of a file with these tensors, in this order, its length in front: all that stands before the data. */
export const encodeHeader = (
  tensors: readonly (TensorInfo & { readonly name: string })[],
  metadata: Readonly<Record<string, string>>,
): Buffer => {
  // Entries by name, without a prototype, so that no name is special.
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header[METADATA_KEY] = metadata;
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    if (name in header || name === METADATA_KEY) throw new SafetensorsError(`Two tensors are named ${name}`);
    const end = offset + byteLength({ dtype, shape });
    header[name] = { dtype: ELEMENT_TYPES[dtype], shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = (HEADER_LENGTH_BYTES - (json.length % HEADER_LENGTH_BYTES)) % HEADER_LENGTH_BYTES;
  const length = Buffer.alloc(HEADER_LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(json.length + padding));
  return Buffer.concat([length, json, Buffer.alloc(padding, ' ')]);
};

const parseJson = (json: Buffer): unknown => {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch (error) {
    throw new SafetensorsError('The header is not JSON: this is no safetensors file, or it is damaged', {
      cause: error,
    });
  }
};

const read = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SafetensorsError(`The header is not valid: ${what}: ${z.prettifyError(parsed.error)}`);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const decodeMetadata = (value: unknown): Record<string, string> => {
  if (!isRecord(value)) throw new SafetensorsError(`The header is not valid: ${METADATA_KEY} is no object`);
  // By entries, so that no key is special, not even __proto__.
  return Object.fromEntries(
    Object.entries(value).map((entry) => read(metadataEntrySchema, entry, `${METADATA_KEY}.${entry[0]}`)),
  );
};

/**
 * Reads a header and checks it against the size of its file.
 * @throws SafetensorsError when the file cannot hold what the header says
 */
export const decodeHeader = (json: Buffer, fileSize: number): Header => {
  const header = parseJson(json);
  if (!isRecord(header)) throw new SafetensorsError('The header is no JSON object');
  const start = HEADER_LENGTH_BYTES + json.length;
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  let end = start;
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) {
      metadata = decodeMetadata(value);
      continue;
    }
    const { dtype: code, shape, data_offsets: offsets } = read(entrySchema, value, name);
    const dtype = dtypeOf(code);
    if (dtype === undefined) {
      throw new SafetensorsError(`The tensor ${name} has the dtype ${code}; F32 and I32 are read`);
    }
    const bytes = byteLength({ dtype, shape });
    if (offsets[1] - offsets[0] !== bytes) {
      throw new SafetensorsError(
        `The tensor ${name} should have ${bytes} bytes, but ${offsets[1] - offsets[0]} are said to be there`,
      );
    }
    tensors.set(name, { name, dtype, shape, offset: start + offsets[0], bytes });
    end = Math.max(end, start + offsets[1]);
  }
  if (end !== fileSize) {
    throw new SafetensorsError(
      `The file should have ${end} bytes, but has ${fileSize}: it is cut off or damaged`,
    );
  }
  return { tensors, metadata };
};
