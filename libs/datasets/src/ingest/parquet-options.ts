/** Of DuckDB; a multiple of the 2,048 rows that it works on at a time. */
const DEFAULT_ROWS = 122_880;
const VECTOR_ROWS = 2_048;
/** Row groups are held in memory until they are full. */
const CELLS = 2_000_000;

/** Options of `COPY TO` that keep its memory in bounds however many columns there are. */
export function parquetOptions(columns: number): string {
  const vectors = Math.max(1, Math.floor(CELLS / columns / VECTOR_ROWS));
  return `FORMAT parquet, ROW_GROUP_SIZE ${Math.min(DEFAULT_ROWS, vectors * VECTOR_ROWS)}`;
}
