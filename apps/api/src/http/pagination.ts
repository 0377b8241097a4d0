import type { Page, PageQuery } from '@epochal/contracts';

interface Identified {
  readonly id: string;
}

/** Prisma's arguments: newest first (ids sort by time of creation), and one row more, which tells whether more follow. */
export const newestFirst = <Where extends object>({ limit, after }: PageQuery, where: Where) => ({
  where: { ...where, ...(after === undefined ? {} : { id: { lt: after } }) },
  orderBy: { id: 'desc' as const },
  take: limit + 1,
});

/** The page of the rows that {@link newestFirst} fetched. */
export function toPage<Row extends Identified, View>(
  rows: readonly Row[],
  { limit }: PageQuery,
  view: (row: Row) => View,
): Page<View> {
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  return {
    data: shown.map(view),
    has_more: hasMore,
    next_cursor: hasMore ? (shown.at(-1)?.id ?? null) : null,
  };
}
