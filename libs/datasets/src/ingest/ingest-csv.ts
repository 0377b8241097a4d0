import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { ColumnProfile } from '@epochal/contracts';
import { type Session, withSession } from '../duckdb/session.js';
import { identifier, literal } from '../duckdb/sql.js';
import { invalidDataset } from '../invalid-dataset-error.js';
import { type TypedColumn, scanColumns } from './column-types.js';
import { type Header, readHeader } from './header.js';
import { parquetOptions } from './parquet-options.js';
import { type StoredColumn, profileColumns } from './profile.js';
import { assertNothingRejected, csvSource } from './read-csv.js';
import { receiveUpload } from './receive-upload.js';

export interface IngestOptions {
  /** The file as it is uploaded. It is read to its end, or destroyed. */
  readonly source: Readable;
  /** A folder for the result and, meanwhile, for about as much as the file takes. It is made if need be. */
  readonly workDirectory: string;
  /** What DuckDB may use, in its notation; what doesn't fit goes to the work directory. */
  readonly memoryLimit: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface IngestedDataset {
  /** In the work directory, and the caller's to remove. */
  readonly parquetPath: string;
  readonly rows: number;
  /** Size of the file as it was uploaded. */
  readonly sizeBytes: number;
  /** Digest of the file as it was uploaded, in hexadecimal. */
  readonly sha256: string;
  /** In the order of the file. */
  readonly columns: ColumnProfile[];
}

/**
 * Reads a CSV file (UTF-8; comma, semicolon or tab; a header line) and writes its rows, in their order, to a Parquet file with
 * typed columns. Memory stays flat whatever the size of the file, and neither network nor other folders are touched.
 *
 * @throws InvalidDatasetError when the file is not a table; what the source or the disk throws is passed on
 */
export async function ingestCsv(options: IngestOptions): Promise<IngestedDataset> {
  const { source, workDirectory, memoryLimit, threads = 2, signal } = options;
  const directory = path.resolve(workDirectory);
  const run = randomUUID();
  const csvPath = path.join(directory, `${run}.csv`);
  const parquetPath = path.join(directory, `${run}.parquet`);
  try {
    await mkdir(directory, { recursive: true });
    const { sizeBytes, sha256 } = await receiveUpload(source, csvPath, signal);
    const header = await readHeader(csvPath);
    const settings = { memoryLimit, directory, ...(signal && { signal }) };
    const { rows, types } = await withSession(
      { ...settings, threads: threadsFor(header, threads) },
      (session) => readTyped(session, csvPath, header, parquetPath),
    );
    // Sums of floating-point numbers depend on their order, and with one thread that is the order of the rows.
    const columns = await withSession({ ...settings, threads: 1 }, async (session) => {
      const stored = await storedColumns(session, parquetPath, header.names, types);
      return profileColumns(session, parquetPath, stored, rows);
    });
    return { parquetPath, rows, sizeBytes, sha256, columns };
  } catch (error) {
    await rm(parquetPath, { force: true });
    throw error;
  } finally {
    await rm(csvPath, { force: true });
    source.destroy();
  }
}

/** Each thread holds some thousand rows, which is much when there are very many columns. */
const threadsFor = ({ names }: Header, threads: number): number => (names.length > 200 ? 1 : threads);

async function readTyped(
  session: Session,
  csvPath: string,
  header: Header,
  parquetPath: string,
): Promise<{ rows: number; types: TypedColumn[] }> {
  const { names } = header;
  const { rows, columns } = await scanColumns(session, csvPath, header);
  await assertNothingRejected(session, csvPath, names);
  if (rows === 0) {
    throw invalidDataset('the file has a header but no rows', {
      expected: 'at least one row',
      received: '0 rows',
    });
  }
  const selected = columns.map(({ sql }, index) => `${sql} AS ${identifier(names[index]!)}`);
  await session.connection.run(
    `COPY (SELECT ${selected.join(', ')} FROM ${csvSource(csvPath, header)})
     TO ${literal(parquetPath)} (${parquetOptions(names.length)}, COMPRESSION zstd)`,
  );
  return { rows, types: columns };
}

/** Parquet's writer takes names that differ in case only for the same, and changes them: columns are known by their places. */
async function storedColumns(
  session: Session,
  parquetPath: string,
  names: readonly string[],
  types: readonly TypedColumn[],
): Promise<StoredColumn[]> {
  const described = await session.rows(`DESCRIBE FROM ${literal(parquetPath)}`);
  return names.map((name, index) => ({
    stored: String(described[index]?.['column_name']),
    name,
    type: types[index]!.type,
  }));
}
