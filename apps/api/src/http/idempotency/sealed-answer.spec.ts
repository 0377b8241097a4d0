import { expect, it } from 'vitest';
import { seal, unseal } from './sealed-answer.js';

const answer = { id: 'key_1', key: 'ek_secret' };

it('a sealed answer shows nothing, and opens with its secret only', () => {
  const sealed = seal(answer, 'Bearer ek_caller');
  expect(JSON.stringify(sealed)).not.toContain('secret');
  expect(unseal(sealed, 'Bearer ek_caller')).toEqual(answer);
  expect(() => unseal(sealed, 'Bearer ek_other')).toThrow(/authenticate/);
});

it('a sealed answer that was changed does not open', () => {
  const sealed = seal(answer, 'secret');
  const ciphertext = Buffer.from(sealed.ciphertext, 'base64');
  ciphertext[0]! ^= 1;
  expect(() => unseal({ ...sealed, ciphertext: ciphertext.toString('base64') }, 'secret')).toThrow(
    /authenticate/,
  );
});

it('the same answer is sealed differently each time', () => {
  expect(seal(answer, 'secret').ciphertext).not.toBe(seal(answer, 'secret').ciphertext);
});
