/** Mixes a value into a 32-bit hash (the finaliser of MurmurHash3). */
const mix = (hash: number, value: number): number => {
  let mixed = Math.imul(hash ^ (value >>> 0), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** xoshiro128**: 32 random bits a call. */
const generator = (seeds: readonly number[]): (() => number) => {
  let hash = 0x6d2b79f5;
  const state = Uint32Array.from({ length: 4 }, (_, word) => {
    for (const seed of seeds) hash = mix(hash, seed);
    return (hash = mix(hash, word));
  });
  return () => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const e = c ^ a;
    const f = d ^ b;
    state[1] = b ^ e;
    state[0] = a ^ f;
    state[2] = e ^ (b << 9);
    state[3] = (f << 11) | (f >>> 21);
    return result;
  };
};

/**
 * The order in which the rows are visited, a function of (seed, epoch) alone: a resumed job sees the order that it would
 * have seen. Fisher-Yates, without bias.
 */
export const permutation = (rows: number, seed: number, epoch: number): Int32Array => {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const random = generator([seed, epoch]);
  for (let last = rows - 1; last > 0; last--) {
    const choices = last + 1;
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % choices);
    let bits = random();
    while (bits >= limit) bits = random();
    const other = bits % choices;
    const row = order[last]!;
    order[last] = order[other]!;
    order[other] = row;
  }
  return order;
};
