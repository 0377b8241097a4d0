/**
 * Mixes whole numbers into 32 well-spread bits (MurmurHash3, each number as two 32-bit words).
 * @param numbers integers from 0 to 2^53 - 1
 * @returns an unsigned 32-bit integer
 */
export function hash32(...numbers: readonly number[]): number {
  let hash = 0;
  for (const number of numbers) {
    hash = mixWord(hash, number >>> 0);
    hash = mixWord(hash, Math.floor(number / 2 ** 32));
  }
  return finish(hash ^ (numbers.length * 8));
}

function mixWord(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  const joined = hash ^ mixed;
  return (Math.imul((joined << 13) | (joined >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
