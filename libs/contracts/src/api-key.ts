import { z } from 'zod';
import { keyIdSchema } from './identifiers.js';
import { pageSchema } from './page.js';

export const createKeySchema = z
  .strictObject({ name: z.string().trim().min(1).max(200) })
  .meta({ id: 'CreateKey' });
export type CreateKey = z.infer<typeof createKeySchema>;

export const keySchema = z
  .object({
    id: keyIdSchema,
    object: z.literal('key'),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key, to tell keys apart' }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Key' });
export type Key = z.infer<typeof keySchema>;

/** The only answer that holds the key itself: it is stored as a digest. */
export const createdKeySchema = keySchema.extend({ key: z.string() }).meta({ id: 'CreatedKey' });
export type CreatedKey = z.infer<typeof createdKeySchema>;
export const keyPageSchema = pageSchema(keySchema).meta({ id: 'KeyPage' });
