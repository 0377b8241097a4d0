import type { ColumnType } from '@epochal/contracts';
import type { Session } from '../duckdb/session.js';
import { literal } from '../duckdb/sql.js';
import type { Header } from './header.js';
import { csvSource, rawName } from './read-csv.js';

/** What pandas reads as missing by default. In a column of text only an empty field is missing. */
const MISSING =
  ',NA,N/A,n/a,<NA>,#N/A,#N/A N/A,#NA,NULL,null,None,NaN,nan,-NaN,-nan,1.#IND,-1.#IND,1.#QNAN,-1.#QNAN'.split(
    ',',
  );

/** From narrow to wide; what fits none of them is text. */
const CANDIDATES = ['integer', 'number', 'boolean', 'timestamp'] as const;
type Candidate = (typeof CANDIDATES)[number];

/** Each test takes memory: more of them, in tables of very many columns, are done in further scans. */
const TESTS_A_SCAN = 400;

/** A column's type, and the SQL that makes typed values of its raw text. */
export interface TypedColumn {
  readonly type: ColumnType;
  readonly sql: string;
}

/** Finds the type of each column, the narrowest that every field of it fits, and counts the rows. */
export async function scanColumns(
  session: Session,
  csvPath: string,
  header: Header,
): Promise<{ rows: number; columns: TypedColumn[] }> {
  const source = csvSource(csvPath, header);
  // The first rows rule most types out; the others are tried in all rows, the narrowest first.
  const candidates = header.names.map((_, index) =>
    CANDIDATES.filter((type) => header.sample.every((fields) => mayFit(type, fields[index] ?? ''))),
  );
  let pending = candidates.flatMap((_, index) => testsOf(index, candidates));
  let rows: number;
  do {
    const scanned = await runTests(session, source, pending.slice(0, TESTS_A_SCAN));
    rows = scanned.rows;
    const failed = scanned.misfits;
    for (const { index, type } of failed)
      candidates[index] = candidates[index]!.filter((other) => other !== type);
    pending = [...pending.slice(TESTS_A_SCAN), ...failed.flatMap(({ index }) => testsOf(index, candidates))];
  } while (pending.length > 0);
  return { rows, columns: candidates.map((types, index) => typedColumn(types, rawName(index))) };
}

interface Test {
  readonly index: number;
  readonly type: Candidate;
}

/** Where nothing is ruled out yet, the column may be without any value: only then does it fit every type. */
function testsOf(index: number, candidates: readonly (readonly Candidate[])[]): Test[] {
  const types = candidates[index]!;
  return (types.length === CANDIDATES.length ? types : types.slice(0, 1)).map((type) => ({ index, type }));
}

async function runTests(
  session: Session,
  source: string,
  tests: readonly Test[],
): Promise<{ rows: number; misfits: Test[] }> {
  const selected = tests.map(({ index, type }, at) => `bool_or(${misfit(rawName(index), type)}) AS t${at}`);
  const [found] = await session.rows(
    `SELECT ${['count(*)::DOUBLE AS n', ...selected].join(', ')} FROM ${source}`,
  );
  return { rows: Number(found?.['n']), misfits: tests.filter((_, at) => found?.[`t${at}`] === true) };
}

/** What every text of a type looks like, and some others do; {@link fits} decides. */
const LOOKS: Readonly<Record<Candidate, RegExp>> = {
  integer: /^\s*[+-]?\d+\s*$/,
  number: /^\s*[+-]?(\d|\.|inf|nan)/i,
  boolean: /^\s*(true|false)\s*$/i,
  timestamp: /^\s*\d{4}-/,
};

const mayFit = (type: Candidate, text: string): boolean =>
  MISSING.includes(text.trim()) || LOOKS[type].test(text);

function typedColumn(fitting: readonly Candidate[], raw: string): TypedColumn {
  // Only a column without any value fits every type; it is one of missing numbers, as in pandas.
  const type = fitting.length === CANDIDATES.length ? 'number' : fitting[0];
  return type === undefined ? { type: 'string', sql: raw } : { type, sql: castOf(raw)[type] };
}

/** The cheaper test first: few fields that don't fit are missing ones. */
const misfit = (raw: string, type: Candidate): string =>
  `NOT coalesce(${fits(raw)[type]}, false) AND ${isPresent(raw)}`;

const isPresent = (raw: string): string =>
  `(${raw} IS NOT NULL AND trim(${raw}) NOT IN (${MISSING.map(literal).join(', ')}))`;

/** Whether a field that is not missing is of a type. */
function fits(raw: string): Record<Candidate, string> {
  const has = (character: string): string => `contains(${raw}, ${literal(character)})`;
  return {
    // DuckDB reads 1_000 as a number, and 1.0 and 1e3 as integers; pandas does not.
    integer: `TRY_CAST(${raw} AS BIGINT) IS NOT NULL AND NOT (${['.', 'e', 'E', '_'].map(has).join(' OR ')})`,
    number: `TRY_CAST(${raw} AS DOUBLE) IS NOT NULL AND NOT ${has('_')}`,
    boolean: `lower(trim(${raw})) IN ('true', 'false')`,
    // A date starts with its year: words such as "now" and "infinity" could be cast too.
    timestamp: `trim(${raw})[5] = '-' AND isfinite(${castOf(raw).timestamp})`,
  };
}

/** Typed values, NULL for what is missing: none of the texts for missing numbers can be cast to one. */
function castOf(raw: string): Record<Candidate, string> {
  return {
    integer: `TRY_CAST(${raw} AS BIGINT)`,
    number: `nullif(TRY_CAST(${raw} AS DOUBLE), 'NaN')`,
    boolean: `CASE lower(trim(${raw})) WHEN 'true' THEN true WHEN 'false' THEN false END`,
    timestamp: `CAST(TRY_CAST(${raw} AS TIMESTAMPTZ) AS TIMESTAMP)`,
  };
}
