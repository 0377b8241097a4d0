import { isUtf8 } from 'node:buffer';
import { type InvalidDatasetError, invalidDataset } from '../invalid-dataset-error.js';

const NEWLINE = 0x0a;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** First bytes of files that people upload instead of a CSV file. */
const OTHER_FORMATS: readonly (readonly [start: Buffer, name: string, advice: string])[] = [
  [Buffer.from([0x1f, 0x8b]), 'a gzip archive', 'unpack it first'],
  [Buffer.from('PK\x03\x04'), 'a ZIP archive or a spreadsheet', 'save the sheet as CSV in UTF-8'],
  [Buffer.from('PAR1'), 'a Parquet file', 'write it as CSV'],
  [Buffer.from([0xff, 0xfe]), 'text in UTF-16', 'save it as UTF-8'],
  [Buffer.from([0xfe, 0xff]), 'text in UTF-16', 'save it as UTF-8'],
];

/**
 * Checks that bytes are a text in UTF-8, as they come. Tells where they are not, by offset and line.
 */
export class TextChecker {
  /** Bytes of a character whose end has not come yet. */
  #pending = Buffer.alloc(0);
  /** Bytes before `#pending`. */
  #offset = 0;
  #lines = 1;

  /** @returns the bytes without a byte order mark @throws InvalidDatasetError */
  check(chunk: Buffer): Buffer {
    const first = this.#offset === 0 && this.#pending.length === 0;
    if (first) refuseOtherFormats(chunk);
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const whole = bytes.subarray(0, bytes.length - unfinishedLength(bytes));
    const nul = whole.indexOf(0);
    if (nul !== -1) throw this.#nulError(whole, nul);
    if (!isUtf8(whole)) throw this.#encodingError(whole, validLength(whole));
    this.#lines += countNewlines(whole);
    this.#offset += whole.length;
    this.#pending = Buffer.from(bytes.subarray(whole.length));
    return first && whole.subarray(0, 3).equals(UTF8_BOM) ? whole.subarray(3) : whole;
  }

  /** @throws InvalidDatasetError when the text ends inside of a character */
  end(): void {
    if (this.#pending.length > 0) throw this.#encodingError(this.#pending, 0);
  }

  #encodingError(bytes: Buffer, at: number): InvalidDatasetError {
    const { line, offset } = this.#place(bytes, at);
    const value = `0x${bytes[at]!.toString(16).toUpperCase().padStart(2, '0')}`;
    return invalidDataset(
      `line ${line}: the byte ${value} at offset ${offset} is not valid UTF-8; the file may be in Latin-1 or Windows-1252: save it as UTF-8`,
      { line, expected: 'text in UTF-8', received: `byte ${value} at offset ${offset}` },
    );
  }

  #nulError(bytes: Buffer, at: number): InvalidDatasetError {
    const { line, offset } = this.#place(bytes, at);
    return invalidDataset(
      `line ${line}: there is a NUL byte at offset ${offset}; the file is binary, or text in UTF-16: save it as CSV in UTF-8`,
      { line, expected: 'text in UTF-8', received: `byte 0x00 at offset ${offset}` },
    );
  }

  #place(bytes: Buffer, at: number): { line: number; offset: number } {
    return { line: this.#lines + countNewlines(bytes.subarray(0, at)), offset: this.#offset + at };
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function refuseOtherFormats(start: Buffer): void {
  for (const [magic, name, advice] of OTHER_FORMATS) {
    if (!start.subarray(0, magic.length).equals(magic)) continue;
    throw invalidDataset(`the file is ${name}, not CSV: ${advice}`, {
      expected: 'a CSV file in UTF-8',
      received: name,
    });
  }
}

/** How many bytes at the end belong to a character that goes on after them. */
function unfinishedLength(bytes: Buffer): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length += 1) {
    const byte = bytes[bytes.length - length]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return length < sequenceLength(byte) ? length : 0;
  }
  return 0;
}

const sequenceLength = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);

/** Where the first byte stands that is not UTF-8, by bisection. */
function validLength(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - unfinishedLength(prefix)))) valid = middle;
    else invalid = middle;
  }
  // The last character that could still have become valid begins here.
  return valid - unfinishedLength(bytes.subarray(0, valid));
}
