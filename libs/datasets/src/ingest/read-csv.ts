import { createReadStream } from 'node:fs';
import type { Session } from '../duckdb/session.js';
import { literal } from '../duckdb/sql.js';
import { type DatasetProblem, InvalidDatasetError } from '../invalid-dataset-error.js';
import type { Header } from './header.js';

/** So many problems are told at most; people mend the first and try again. */
const PROBLEM_LIMIT = 5;
/** In bytes. */
const LINE_LIMIT = 2_000_000;
const NEWLINE = 0x0a;

/** The name of a column of {@link csvSource}: the names in the header are free to be anything. */
export const rawName = (index: number): string => `c${index}`;

/**
 * SQL that reads a CSV file strictly, every column as text, NULL where nothing stood between delimiters. Rows that break the
 * rules are left out, and recorded for {@link assertNothingRejected}.
 */
export function csvSource(csvPath: string, header: Header): string {
  const columns = header.names.map((_, index) => `${rawName(index)}: 'VARCHAR'`);
  const options = [
    'header = true',
    `skip = ${header.blankLines}`,
    `delim = ${literal(header.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `new_line = '\\n'`,
    `nullstr = ''`,
    'auto_detect = false',
    'strict_mode = true',
    'null_padding = false',
    `max_line_size = ${LINE_LIMIT}`,
    `store_rejects = true, rejects_limit = ${PROBLEM_LIMIT}`,
    `columns = {${columns.join(', ')}}`,
  ];
  return `read_csv(${literal(csvPath)}, ${options.join(', ')})`;
}

interface Reject {
  readonly error_type: string;
  readonly error_message: string;
  readonly start: number;
  readonly csv_line: string;
}

/** @throws InvalidDatasetError for rows of another number of columns, quotes that don't close and the like */
export async function assertNothingRejected(
  session: Session,
  csvPath: string,
  names: readonly string[],
): Promise<void> {
  // The scan counts records where people count lines, so lines are counted anew up to where the record starts.
  const rejects = (await session.rows(
    `SELECT DISTINCT error_type, error_message, line_byte_position::DOUBLE - 1 AS start, left(csv_line, 200) AS csv_line
     FROM reject_errors ORDER BY line_byte_position LIMIT ${PROBLEM_LIMIT}`,
  )) as unknown as Reject[];
  if (rejects.length === 0) return;
  const starts = rejects.map(({ start, csv_line }) => start + /^\n*/.exec(csv_line)![0].length);
  const lines = await linesAt(csvPath, starts);
  throw new InvalidDatasetError(rejects.map((reject, index) => problemOf(reject, lines[index]!, names)));
}

function problemOf(reject: Reject, line: number, names: readonly string[]): DatasetProblem {
  const received = excerpt(reject.csv_line);
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(reject.error_message);
  if (counts !== null) {
    const [, expected, found] = counts;
    return {
      pointer: '',
      line,
      message: `line ${line}: expected ${expected} columns, found ${found}`,
      expected: `${expected} columns: ${excerpt(names.join(', '))}`,
      received: `${found} columns: ${received}`,
    };
  }
  const problem = { pointer: '', line, received };
  if (reject.error_type === 'UNQUOTED VALUE') {
    const message = `line ${line}: a quote (") is not closed, or text follows a closing quote`;
    return { ...problem, message, expected: 'quotes around a whole field, and "" for a quote in it' };
  }
  if (reject.error_type === 'LINE SIZE OVER MAXIMUM') {
    const message = `line ${line}: the row is longer than ${LINE_LIMIT} bytes; a quote (") may never be closed`;
    return { ...problem, message, expected: `at most ${LINE_LIMIT} bytes` };
  }
  const reason = reject.error_message.split('\n')[0]!;
  return { ...problem, message: `line ${line}: ${reason}`, expected: 'CSV as RFC 4180 describes it' };
}

/** Numbers of the lines, counted from 1, in which ascending offsets lie. */
async function linesAt(path: string, offsets: readonly number[]): Promise<number[]> {
  const lines: number[] = [];
  let line = 1;
  let position = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      while (lines.length < offsets.length && position >= offsets[lines.length]!) lines.push(line);
      if (lines.length === offsets.length) return lines;
      if (byte === NEWLINE) line += 1;
      position += 1;
    }
  }
  while (lines.length < offsets.length) lines.push(line);
  return lines;
}

const excerpt = (text: string): string => {
  const line = text.replace(/^\n+/, '').split('\n')[0]!;
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
};
