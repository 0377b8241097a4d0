import { z } from 'zod';

/** safetensors' names of the element types that Epochal stores, each of 4 bytes. */
export const ELEMENT_TYPES = { float32: 'F32', int32: 'I32' } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;
export const ELEMENT_BYTES = 4;

const dtypeSchema = z
  .enum(['F32', 'I32'])
  .transform((name): ElementType => (name === 'F32' ? 'float32' : 'int32'));

const entrySchema = z.object({
  dtype: dtypeSchema,
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});

/** The JSON at the start of a file: every tensor's type, shape and place behind the header, and free text. */
export const headerSchema = z
  .object({ __metadata__: z.record(z.string(), z.string()).default({}) })
  .catchall(entrySchema);

export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** A file that is not safetensors, or is damaged. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}
