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
const headerSchema = z
  .object({ [METADATA_KEY]: z.record(z.string(), z.string()).optional() })
  .catchall(entrySchema);

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

/**
 * Reads a header and checks it against the size of its file.
 * @throws SafetensorsError when the file cannot hold what the header says
 */
export const decodeHeader = (json: Buffer, fileSize: number): Header => {
  const parsed = headerSchema.safeParse(parseJson(json));
  if (!parsed.success)
    throw new SafetensorsError(`The header is not valid: ${z.prettifyError(parsed.error)}`);
  const { [METADATA_KEY]: metadata = {}, ...entries } = parsed.data;
  const start = HEADER_LENGTH_BYTES + json.length;
  const tensors = new Map<string, TensorEntry>();
  let end = start;
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype: code, shape, data_offsets: offsets } = entry as z.infer<typeof entrySchema>;
    const dtype = dtypeOf(code);
    if (dtype === undefined)
      throw new SafetensorsError(`The tensor ${name} has the dtype ${code}; F32 and I32 are read`);
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
