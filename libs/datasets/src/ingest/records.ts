/** A record of a CSV file, and what ended it. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly end: 'newline' | 'end of text' | 'end of text inside quotes';
}

/**
 * The first records of a text, read as RFC 4180 says: for the header and to find out the delimiter. The rows are read by DuckDB.
 * Blank lines are passed over.
 */
export function firstRecords(text: string, delimiter: string, limit: number): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = 0;
  while (at < text.length && records.length < limit) {
    if (text[at] === '\n') {
      at += 1;
      continue;
    }
    const { record, next } = readRecord(text, at, delimiter);
    records.push(record);
    at = next;
  }
  return records;
}

function readRecord(text: string, start: number, delimiter: string): { record: CsvRecord; next: number } {
  const fields: string[] = [];
  let field = '';
  let at = start;
  for (;;) {
    if (text[at] === '"' && field === '') {
      const { value, next } = readQuoted(text, at);
      if (next === undefined) {
        return {
          record: { fields: [...fields, value], end: 'end of text inside quotes' },
          next: text.length,
        };
      }
      field = value;
      at = next;
    }
    const character = text[at];
    if (character === undefined || character === '\n') {
      fields.push(field);
      return { record: { fields, end: character === '\n' ? 'newline' : 'end of text' }, next: at + 1 };
    }
    if (character === delimiter) {
      fields.push(field);
      field = '';
    } else {
      field += character;
    }
    at += 1;
  }
}

/** @returns the value of a quoted field, and where it ends; no end when the closing quote is missing */
function readQuoted(text: string, start: number): { value: string; next: number | undefined } {
  let value = '';
  for (let at = start + 1; ; at += 1) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return { value: value + text.slice(at), next: undefined };
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, next: quote + 1 };
    value += '"';
    at = quote + 1;
  }
}
