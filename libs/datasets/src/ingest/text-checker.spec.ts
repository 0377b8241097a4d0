import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextChecker } from './text-checker.js';

/** What comes out when bytes come in pieces that end at the given places. */
function checked(bytes: Buffer, cuts: readonly number[]): Buffer {
  const checker = new TextChecker();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((end, index) => checker.check(bytes.subarray(places[index], end)));
  checker.end();
  return Buffer.concat(pieces);
}

const text = fc
  .string({ unit: 'binary' })
  .filter((value) => !value.includes('\0') && !value.startsWith('\ufeff'));
const cuts = fc.array(fc.nat(), { maxLength: 8 });

it('passes every text in UTF-8 on, however it is cut', () => {
  fc.assert(
    fc.property(text, cuts, (value, places) => {
      const bytes = Buffer.from(`a${value}`);
      expect(checked(bytes, places).equals(bytes)).toBe(true);
    }),
  );
});

it('takes a byte order mark away', () => {
  expect(checked(Buffer.from('\ufeffa,b'), []).toString()).toBe('a,b');
});

it('says at which offset and line a text stops being UTF-8, however it is cut', () => {
  fc.assert(
    fc.property(text, text, cuts, (before, after, places) => {
      const start = Buffer.from(`a${before}`);
      // 0xFF stands in no text in UTF-8.
      const bytes = Buffer.concat([start, Buffer.from([0xff]), Buffer.from(after)]);
      const line = start.toString().split('\n').length;
      expect(() => checked(bytes, places)).toThrow(
        `line ${line}: the byte 0xFF at offset ${start.length} is not valid UTF-8`,
      );
    }),
  );
});

it.each([
  [
    'Latin-1',
    Buffer.from('name,city\nx,Köln\n', 'latin1'),
    /^line 2: the byte 0xF6 at offset 13 is not valid UTF-8; .*Latin-1/,
  ],
  [
    'a character cut off at the end',
    Buffer.from('a,b\n1,ü').subarray(0, 7),
    /^line 2: the byte 0xC3 at offset 6/,
  ],
  ['UTF-16', Buffer.from('\ufeffa,b\n', 'utf16le'), /text in UTF-16/],
  ['UTF-16 without a mark', Buffer.from('a,b\n', 'utf16le'), /NUL byte at offset 1; .*UTF-16/],
  ['a NUL byte', Buffer.from('a,b\n1,\0\n'), /^line 2: there is a NUL byte at offset 6/],
  ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /gzip archive/],
  ['a spreadsheet', Buffer.from('PK\x03\x04xl'), /spreadsheet/],
  ['Parquet', Buffer.from('PAR1\x15'), /Parquet/],
])('refuses %s', (_, bytes, message) => {
  expect(() => checked(bytes, [])).toThrow(message);
});
