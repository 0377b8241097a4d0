import { open } from 'node:fs/promises';
import { type DatasetProblem, InvalidDatasetError, invalidDataset } from '../invalid-dataset-error.js';
import { type CsvRecord, firstRecords } from './records.js';

const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Characters that other programs separate fields by, to tell people what they have. */
const OTHER_DELIMITERS = ['|', ':', '^', '~', ' '];
const SAMPLE_BYTES = 1 << 20;
const SAMPLE_RECORDS = 200;

export interface Header {
  /** Before the line of names. */
  readonly blankLines: number;
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  /** The first rows, as text, of whatever length they are. */
  readonly sample: readonly (readonly string[])[];
}

/**
 * Finds out the delimiter and the names of the columns.
 *
 * @throws InvalidDatasetError when there is no header, a name is missing or doubled, or there is only one column
 */
export async function readHeader(path: string): Promise<Header> {
  const { text, whole } = await startOf(path);
  const candidates = DELIMITERS.map((delimiter) => ({
    delimiter,
    records: wholeRecords(firstRecords(text, delimiter, SAMPLE_RECORDS), whole),
  }));
  if (text.trim() === '')
    throw invalidDataset('the file is empty', { expected: 'a CSV file with a header line' });
  const { delimiter, records } = candidates.reduce((best, next) =>
    score(next.records) > score(best.records) ? next : best,
  );
  const header = records[0];
  if (header === undefined) {
    throw invalidDataset(
      whole
        ? 'line 1: a quote (") is opened and never closed'
        : `line 1: the header does not end within ${SAMPLE_BYTES} bytes; a quote (") may never be closed`,
      { line: 1, expected: 'a line with the names of the columns' },
    );
  }
  const names = header.fields.map((name) => name.trim());
  if (names.length === 1) throw oneColumn(names[0]!);
  if (names.every(isNumber)) throw noHeader(names);
  assertNames(names);
  const sample = records.slice(1).map(({ fields }) => fields);
  return { blankLines: /^\n*/.exec(text)![0].length, delimiter, names, sample };
}

async function startOf(path: string): Promise<{ text: string; whole: boolean }> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(SAMPLE_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, SAMPLE_BYTES, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), whole: bytesRead < SAMPLE_BYTES };
  } finally {
    await handle.close();
  }
}

/** Drops a last record that the end of the sample cut off. */
function wholeRecords(records: CsvRecord[], sampleIsWhole: boolean): CsvRecord[] {
  return records.filter(({ end }) => end === 'newline' || (sampleIsWhole && end === 'end of text'));
}

/** A delimiter is right when it gives every record the same number of fields, and more than one. */
function score(records: readonly CsvRecord[]): number {
  const fields = records[0]?.fields.length ?? 0;
  if (fields < 2) return 0;
  const agreeing = records.filter((record) => record.fields.length === fields).length / records.length;
  return agreeing * 10_000 + fields;
}

const isNumber = (text: string): boolean => text === '' || Number.isFinite(Number(text.replace(',', '.')));

function oneColumn(header: string): InvalidDatasetError {
  const other = OTHER_DELIMITERS.find((delimiter) => header.includes(delimiter));
  const guess =
    other === undefined ? '' : `; the first line seems to be separated by ${JSON.stringify(other)}`;
  return invalidDataset(`line 1: only one column was found, but a data set needs at least two${guess}`, {
    line: 1,
    expected: 'columns separated by a comma, a semicolon or a tab',
    received: excerpt(header),
  });
}

function noHeader(names: readonly string[]): InvalidDatasetError {
  return invalidDataset('line 1: the names of the columns are missing; the line holds only numbers', {
    line: 1,
    expected: 'a name for each column',
    received: excerpt(names.join(', ')),
  });
}

function assertNames(names: readonly string[]): void {
  const problems: DatasetProblem[] = [];
  const places = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === '') problems.push(emptyName(index));
    const first = places.get(name);
    if (first === undefined) places.set(name, index);
    else if (name !== '') {
      problems.push({
        pointer: '',
        line: 1,
        column: name,
        message: `line 1: columns ${first + 1} and ${index + 1} are both named ${JSON.stringify(name)}`,
        expected: 'a different name for each column',
        received: name,
      });
    }
  });
  if (problems.length > 0) throw new InvalidDatasetError(problems);
}

function emptyName(index: number): DatasetProblem {
  // pandas writes the index of a data frame so, unless told not to.
  const advice = index === 0 ? '; if pandas wrote the file, use to_csv(…, index=False)' : '';
  return {
    pointer: '',
    line: 1,
    message: `line 1: column ${index + 1} has no name${advice}`,
    expected: 'a name for each column',
    received: 'an empty name',
  };
}

const excerpt = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
