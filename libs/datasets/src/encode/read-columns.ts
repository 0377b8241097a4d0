import duckdb from '@duckdb/node-bindings';
import type { Session } from '../duckdb/session.js';

/**
 * Reads SQL expressions over the rows of a file as doubles, in the order of the rows; NaN where an expression is NULL. Copies
 * DuckDB's vectors as they are, without making a value of each.
 */
export async function readColumns(
  session: Session,
  file: string,
  expressions: readonly string[],
  rows: number,
): Promise<Float64Array[]> {
  const columns = expressions.map(() => new Float64Array(rows));
  const selected = expressions.map((sql) => `coalesce(CAST(${sql} AS DOUBLE), 'NaN'::DOUBLE)`);
  const result = await session.connection.stream(`SELECT ${selected.join(', ')} FROM ${file}`);
  let start = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const [index, column] of columns.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      const bytes = duckdb.vector_get_data(vector, chunk.rowCount * Float64Array.BYTES_PER_ELEMENT);
      column.set(new Float64Array(bytes.buffer, bytes.byteOffset, chunk.rowCount), start);
    }
    start += chunk.rowCount;
  }
  if (start !== rows) throw new Error(`the dataset has ${start} rows instead of ${rows}`);
  return columns;
}
