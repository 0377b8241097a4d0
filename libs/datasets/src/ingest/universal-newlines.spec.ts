import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UniversalNewlines } from './universal-newlines.js';

it('makes every line end with a newline, however the bytes are cut', () => {
  const piece = fc
    .array(fc.constantFrom('\r', '\n', 'a', 'ü'), { maxLength: 6 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const newlines = new UniversalNewlines();
      const converted = Buffer.concat(pieces.map((part) => newlines.convert(Buffer.from(part)))).toString();
      expect(converted).toBe(pieces.join('').replaceAll(/\r\n?/g, '\n'));
    }),
  );
});
