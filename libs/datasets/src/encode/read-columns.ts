import path from 'node:path';
import type { ColumnProfile } from '@epochal/contracts';
import { withSession } from '../duckdb/session.js';
import { identifier, literal } from '../duckdb/sql.js';

/** A column as it is in the file. What is missing is NaN among numbers, null among strings. */
export type RawColumn =
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'strings'; readonly values: readonly (string | null)[] };

/** Every row has about as much memory as it needs as numbers; DuckDB only decodes a row group at a time. */
const MEMORY_LIMIT = '512MB';

/** Reads whole columns in the order of the rows. Booleans are 0 and 1, timestamps seconds since 1970. */
export async function readColumns(
  parquetPath: string,
  rows: number,
  profiles: readonly ColumnProfile[],
): Promise<Map<string, RawColumn>> {
  const columns = new Map(profiles.map((profile) => [profile.name, emptyColumn(profile, rows)]));
  const selected = profiles.map(selectColumn).join(', ');
  // With one thread rows come in their order.
  const options = {
    memoryLimit: MEMORY_LIMIT,
    threads: 1,
    directory: path.dirname(path.resolve(parquetPath)),
  };
  await withSession(options, async ({ connection }) => {
    const result = await connection.stream(`SELECT ${selected} FROM ${literal(path.resolve(parquetPath))}`);
    let start = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const [index, { name }] of profiles.entries())
        fill(columns.get(name)!, start, chunk.getColumnValues(index));
      start += chunk.rowCount;
    }
  });
  return columns;
}

function selectColumn({ name, type }: ColumnProfile): string {
  const column = identifier(name);
  if (type === 'string') return column;
  return type === 'timestamp' ? `epoch(${column})::DOUBLE` : `${column}::DOUBLE`;
}

const emptyColumn = ({ type }: ColumnProfile, rows: number): RawColumn =>
  type === 'string'
    ? { kind: 'strings', values: Array.from({ length: rows }, (): string | null => null) }
    : { kind: 'numbers', values: new Float64Array(rows).fill(NaN) };

function fill(column: RawColumn, start: number, values: readonly unknown[]): void {
  const target = column.values as { [index: number]: unknown };
  for (const [index, value] of values.entries()) {
    if (value !== null) target[start + index] = value;
  }
}
