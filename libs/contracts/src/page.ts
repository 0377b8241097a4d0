import { z } from 'zod';

export const PAGE_LIMIT = { default: 20, max: 100 } as const;

/** Query of every list: newest first; `after` takes the `next_cursor` of the page before. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT.max).default(PAGE_LIMIT.default),
  after: z.string().optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() });

export interface Page<T> {
  data: T[];
  has_more: boolean;
  next_cursor: string | null;
}
