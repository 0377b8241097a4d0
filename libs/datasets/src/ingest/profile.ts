import { type ColumnProfile, type ColumnType, PROFILE_CATEGORY_LIMIT } from '@epochal/contracts';
import type { Session } from '../duckdb/session.js';
import { identifier, literal } from '../duckdb/sql.js';

/** Up to so many rows, different values and medians are found in memory, for several columns at a time. */
const SMALL_ROWS = 500_000;
const SMALL_BATCH = 16;
/** In larger files so many different values are counted at a time. */
const DISTINCT_AT_A_TIME = 2_000_000;
/** Beyond so many different texts, the most frequent are found by a sketch before they are counted. */
const COUNT_ALL_LIMIT = 100_000;
/** Longer values are no categories; they would only swell the profile. */
const CATEGORY_LENGTH_LIMIT = 256;

export interface StoredColumn {
  /** Name in the Parquet file, which may differ from the one in the header. */
  readonly stored: string;
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * Describes the columns of the typed file. Moments are of the finite values: the mean, and the standard deviation with n - 1 as
 * pandas gives it. Booleans count as 0 and 1, timestamps as seconds since 1970. All is exact, in bounded memory; the session
 * must have one thread, because sums of floating-point numbers depend on their order.
 */
export async function profileColumns(
  session: Session,
  parquetPath: string,
  columns: readonly StoredColumn[],
  rows: number,
): Promise<ColumnProfile[]> {
  const file = literal(parquetPath);
  const batch = rows <= SMALL_ROWS ? SMALL_BATCH : 1;
  const profiles: ColumnProfile[] = [];
  for (let start = 0; start < columns.length; start += batch) {
    const members = columns.slice(start, start + batch).map((column) => ({ ...column, ...sqlOf(column) }));
    const small = rows <= SMALL_ROWS;
    const aggregates = members.flatMap((member, index) => aggregatesOf(member, index, small));
    const found = await one(session, `SELECT ${aggregates.join(', ')} FROM ${file}`);
    for (const [index, { name, type, value, number }] of members.entries()) {
      const get = (key: string): number | null => finite(found[`${key}_${index}`]);
      const distinct = small
        ? get('distinct')
        : await countDistinct(session, file, value, get('distinct') ?? 0);
      const median =
        small || number === null ? get('median') : await medianOf(session, file, number, get('finite'));
      profiles.push({
        name,
        type,
        missing: rows - (get('present') ?? 0),
        distinct: distinct ?? 0,
        min: get('min'),
        max: get('max'),
        mean: get('mean'),
        standard_deviation: get('deviation'),
        median,
        categories: type === 'string' ? await mostFrequent(session, file, value, distinct ?? 0) : null,
      });
    }
  }
  return profiles;
}

/** SQL of a column's values, and of them as finite numbers where they are numbers. */
interface ColumnSql {
  readonly value: string;
  readonly number: string | null;
}

function sqlOf({ stored, type }: StoredColumn): ColumnSql {
  const value = identifier(stored);
  if (type === 'string') return { value, number: null };
  const number = type === 'timestamp' ? `epoch(${value})` : `CAST(${value} AS DOUBLE)`;
  return { value, number: `CASE WHEN isfinite(${number}) THEN ${number} END` };
}

function aggregatesOf({ value, number }: ColumnSql, index: number, small: boolean): string[] {
  const distinct = small ? `count(DISTINCT ${value})` : `approx_count_distinct(${value})`;
  const counts = [`count(${value})::DOUBLE AS present_${index}`, `${distinct}::DOUBLE AS distinct_${index}`];
  if (number === null) return counts;
  const moments = { finite: 'count', min: 'min', max: 'max', mean: 'favg', deviation: 'stddev_samp' };
  return [
    ...counts,
    ...Object.entries(moments).map(([key, name]) => `${name}(${number})::DOUBLE AS ${key}_${index}`),
    ...(small ? [`median(${number})::DOUBLE AS median_${index}`] : []),
  ];
}

/** Counts different values part by part, each part so small that it fits in memory. */
async function countDistinct(
  session: Session,
  file: string,
  value: string,
  estimate: number,
): Promise<number> {
  const parts = Math.max(1, Math.ceil(estimate / DISTINCT_AT_A_TIME));
  let distinct = 0;
  for (let part = 0; part < parts; part += 1) {
    const { exact } = await one(
      session,
      `SELECT count(DISTINCT ${value})::DOUBLE AS exact FROM ${file} WHERE hash(${value}) % ${parts} = ${part}`,
    );
    distinct += exact ?? 0;
  }
  return distinct;
}

/** By sorting, which goes to disk where median() would hold every value in memory. */
async function medianOf(
  session: Session,
  file: string,
  number: string,
  count: number | null,
): Promise<number | null> {
  if (count === null || count === 0) return null;
  const middle = `LIMIT ${count % 2 === 0 ? 2 : 1} OFFSET ${Math.ceil(count / 2) - 1}`;
  const sorted = `SELECT x FROM (SELECT ${number} AS x FROM ${file}) WHERE x IS NOT NULL ORDER BY x ${middle}`;
  const { median } = await one(session, `SELECT avg(x) AS median FROM (${sorted})`);
  return finite(median);
}

async function mostFrequent(
  session: Session,
  file: string,
  value: string,
  distinct: number,
): Promise<{ value: string; count: number }[]> {
  const values = `(SELECT ${value} AS value FROM ${file} WHERE length(${value}) <= ${CATEGORY_LENGTH_LIMIT})`;
  // Counting each of very many values would fill the memory: then candidates are found first, and only they are counted.
  const candidates =
    distinct > COUNT_ALL_LIMIT
      ? `WHERE value IN (SELECT unnest(approx_top_k(value, ${PROFILE_CATEGORY_LIMIT})) FROM ${values})`
      : '';
  const rows = await session.rows(
    `SELECT value, count(*)::DOUBLE AS count FROM ${values} ${candidates}
     GROUP BY value ORDER BY count DESC, value LIMIT ${PROFILE_CATEGORY_LIMIT}`,
  );
  return rows.map(({ value, count }) => ({ value: String(value), count: Number(count) }));
}

async function one(session: Session, sql: string): Promise<Readonly<Record<string, number | null>>> {
  const [row] = await session.rows(sql);
  return (row ?? {}) as Record<string, number | null>;
}

const finite = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null;
