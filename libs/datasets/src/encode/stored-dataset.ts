import path from 'node:path';
import type { ColumnProfile } from '@epochal/contracts';
import { type Session, withSession } from '../duckdb/session.js';
import { identifier, literal } from '../duckdb/sql.js';
import { readColumns } from './read-columns.js';

/** Rows are decoded a row group at a time. */
const MEMORY_LIMIT = '512MB';

/** A column as it is stored: numbers, or the numbers of categories where it holds text. NaN is a missing value. */
export interface StoredValues {
  readonly values: Float64Array;
  /** The different texts in the order of their code points, each known by its index; null for a column of numbers. */
  readonly texts: readonly string[] | null;
}

/** The rows of a dataset, as `ingestCsv` wrote them. */
export class StoredDataset {
  readonly #session: Session;
  readonly #file: string;
  readonly #names: ReadonlyMap<ColumnProfile, string>;
  readonly #rows: number;

  private constructor(
    session: Session,
    file: string,
    names: ReadonlyMap<ColumnProfile, string>,
    rows: number,
  ) {
    this.#session = session;
    this.#file = file;
    this.#names = names;
    this.#rows = rows;
  }

  /** Opens the file for `use`, in which the columns have the order of their profiles. */
  static async with<Result>(
    parquetPath: string,
    { columns, rows }: { readonly columns: readonly ColumnProfile[]; readonly rows: number },
    use: (dataset: StoredDataset) => Promise<Result>,
  ): Promise<Result> {
    const resolved = path.resolve(parquetPath);
    // With one thread rows come in their order.
    const options = { memoryLimit: MEMORY_LIMIT, threads: 1, directory: path.dirname(resolved) };
    return withSession(options, async (session) => {
      const described = await session.rows(`DESCRIBE FROM ${literal(resolved)}`);
      const names = new Map(
        columns.map((column, index) => [column, identifier(String(described[index]?.['column_name']))]),
      );
      return use(new StoredDataset(session, literal(resolved), names, rows));
    });
  }

  /** Booleans as 0 and 1, timestamps as seconds since 1970 UTC. */
  async read(columns: readonly ColumnProfile[]): Promise<StoredValues[]> {
    const texts: (string[] | null)[] = [];
    for (const [index, column] of columns.entries()) {
      texts.push(column.type === 'string' ? await this.#textsOf(column, index) : null);
    }
    const expressions = columns.map((column, index) => {
      const name = this.#names.get(column)!;
      if (column.type === 'timestamp') return `epoch(${name})`;
      return texts[index] === null ? name : `enum_code(CAST(${name} AS texts_${index}))`;
    });
    const read = await readColumns(this.#session, this.#file, expressions, this.#rows);
    return read.map((values, index) => ({ values, texts: texts[index] ?? null }));
  }

  /** The first texts of a column that are no numbers, with their rows, counted from 1, and how many there are. */
  async textsThatAreNoNumbers(
    column: ColumnProfile,
    limit: number,
  ): Promise<{ examples: { text: string; row: number }[]; count: number }> {
    const name = this.#names.get(column)!;
    const source = `read_parquet(${this.#file}, file_row_number = true) WHERE ${name} IS NOT NULL AND TRY_CAST(${name} AS DOUBLE) IS NULL`;
    const rows = await this.#session.rows(
      `SELECT ${name} AS text, file_row_number::DOUBLE + 1 AS row FROM ${source} ORDER BY row LIMIT ${limit}`,
    );
    const [counted] = await this.#session.rows(`SELECT count(*)::DOUBLE AS count FROM ${source}`);
    return {
      examples: rows.map(({ text, row }) => ({ text: String(text), row: Number(row) })),
      count: Number(counted?.['count']),
    };
  }

  async #textsOf(column: ColumnProfile, index: number): Promise<string[]> {
    const name = this.#names.get(column)!;
    await this.#session.connection.run(
      `CREATE OR REPLACE TYPE texts_${index} AS ENUM (
         SELECT DISTINCT ${name} AS text FROM ${this.#file} WHERE ${name} IS NOT NULL ORDER BY text)`,
    );
    const rows = await this.#session.rows(`SELECT unnest(enum_range(NULL::texts_${index})) AS text`);
    return rows.map(({ text }) => String(text));
  }
}
