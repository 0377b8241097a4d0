import type { DataInput } from '@epochal/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPreprocessing, type DataRow } from './apply-preprocessing.js';
import { encode, ofText } from './encoding.fixture.js';
import type { Preprocessing } from './fitted-column.js';

describe('the preprocessing of a dataset', () => {
  const cell = {
    n: fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { freq: 3 }),
    i: fc.option(fc.integer({ min: -3, max: 3 }), { freq: 3 }),
    t: fc.option(fc.constantFrom('red', 'green', 'blue, dark', 'say "x"'), { freq: 3 }),
    o: fc.option(fc.boolean(), { freq: 3 }),
  };
  const table = fc.array(fc.record(cell), { minLength: 1, maxLength: 30 });
  const standardize = fc.boolean();
  const scale = fc.constantFrom(1, 0.5, -2);
  const groups = fc.tuple(
    fc.record({
      columns: fc.constant(['n', 'o']),
      impute: fc.constantFrom('mean', 'median'),
      standardize,
      scale,
    }),
    fc.record({ columns: fc.constant(['t']), impute: fc.constant({ constant: 'red' }), standardize, scale }),
    fc.record({
      columns: fc.constant(['i', 'o']),
      encoding: fc.constantFrom('one_hot', 'int'),
      impute: fc.constant('most_frequent'),
      standardize,
      scale,
    }),
  );
  const csvOf = (rows: readonly object[]): string => {
    const field = (value: unknown): string =>
      value === null ? '' : `"${(value as string | number | boolean).toString().replaceAll('"', '""')}"`;
    return ['n,i,t,o,b', ...rows.map((row) => [...Object.values(row).map(field), 1].join(','))].join('\n');
  };

  it('encodes the same rows to the same bits, also after a journey as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(table, groups, async (random, x) => {
        // A row with everything, so that there is something to impute from.
        const rows: DataRow[] = [{ n: 0.1, i: 1, t: 'red', o: true }, ...random];
        const encoded = await encode(await ofText(csvOf(rows)), { x, y: 'b' } as unknown as DataInput);
        const preprocessing = JSON.parse(JSON.stringify(encoded.preprocessing)) as Preprocessing;
        const [again] = applyPreprocessing(preprocessing, rows);
        expect(again).toEqual(encoded.train.x[0]);
        expect(encoded.train.x[0]!.values.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  const fitted = async (): Promise<Preprocessing> =>
    (
      await encode(await ofText('n,t,u,b\n1,x,x,1\n2,y,y,2\n'), {
        x: ['n', 't', { columns: ['u'], encoding: 'int' }],
        y: 'b',
      })
    ).preprocessing;

  it('has zeros for a category that it does not know', async () => {
    const [tensor] = applyPreprocessing(await fitted(), [{ n: 3, t: 'z', u: 'y' }]);
    expect(tensor).toEqual({ name: null, width: 4, values: Float32Array.of(3, 0, 0, 1) });
  });

  it.each<[string, DataRow, string, RegExp]>([
    ['a missing value', { t: 'x', u: 'x' }, '/1/n', /"n" has no value/],
    ['text for a number', { n: '1', t: 'x', u: 'x' }, '/1/n', /"n" takes a value of the type integer/],
    ['a number for text', { n: 1, t: 1, u: 'x' }, '/1/t', /"t" takes a value of the type string/],
    ['an unknown category where an index is needed', { n: 1, t: 'x', u: 'z' }, '/1/u', /not trained on/],
  ])('refuses %s, naming row and column', async (_, row, pointer, message) => {
    const preprocessing = await fitted();
    const apply = (): unknown => applyPreprocessing(preprocessing, [{ n: 1, t: 'x', u: 'x' }, row]);
    expect(apply).toThrow(message);
    expect(apply).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ pointer })] }));
  });
});
