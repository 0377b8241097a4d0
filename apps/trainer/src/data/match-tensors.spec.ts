import type { EncodedTensor } from '@epochal/datasets';
import { describe, expect, it } from 'vitest';
import { asInput, asTarget, matchTensors } from './match-tensors.js';

const encoded = (name: string | null, width: number, rows = 2): EncodedTensor => ({
  name,
  width,
  values: Float32Array.from({ length: rows * width }, (_, index) => index),
});
const spec = (name: string, shape: (number | null)[], dtype = 'float32') => ({ name, shape, dtype });
const two = [spec('wide', [null, 2]), spec('deep', [null, 3])];

describe('matchTensors', () => {
  it("brings tensors into the model's order by name", () => {
    const matched = matchTensors([encoded('deep', 3), encoded('wide', 2)], two, 'x');
    expect(matched.map((tensor) => tensor?.name)).toEqual(['wide', 'deep']);
  });

  it('takes a single one without a name', () => {
    expect(matchTensors([encoded(null, 2)], [two[0]!], 'x')).toHaveLength(1);
  });

  it('says which names the model has', () => {
    expect(() => matchTensors([encoded(null, 2)], two, 'x')).toThrow('give an object with wide, deep');
    expect(() => matchTensors([encoded('depe', 2)], two, 'y')).toThrow(
      'data.y names depe, but the outputs of the model are wide, deep',
    );
  });
});

describe('asInput', () => {
  it("takes the input's shape", () => {
    expect(asInput(encoded('image', 4), spec('image', [null, 2, 2, 1])).shape).toEqual([2, 2, 1]);
    expect(asInput(encoded('series', 6), spec('series', [null, null, 2])).shape).toEqual([3, 2]);
  });

  it('holds whole numbers where the model wants them', () => {
    expect(asInput(encoded('ids', 2), spec('ids', [null, 2], 'int32')).values).toEqual(
      Int32Array.of(0, 1, 2, 3),
    );
  });

  it('says how many numbers came and how many are wanted', () => {
    expect(() => asInput(encoded(null, 9), spec('input', [null, 8]))).toThrow(
      'the columns of data.x make 9 numbers a row, but the input input takes 8 numbers (shape [8])',
    );
    expect(() => asInput(undefined, spec('deep', [null, 3]))).toThrow('no entry for the input deep');
  });
});

describe('asTarget', () => {
  it('has the shape of the output, or one class number for each step', () => {
    expect(asTarget(encoded(null, 3), spec('out', [null, 3])).shape).toEqual([3]);
    expect(asTarget(encoded(null, 1), spec('out', [null, 10])).shape).toEqual([1]);
    expect(asTarget(encoded(null, 6), spec('out', [null, 6, 1])).shape).toEqual([6, 1]);
    expect(asTarget(encoded(null, 6), spec('out', [null, 6, 5])).shape).toEqual([6, 1]);
  });

  it('says how many numbers came and how many are wanted', () => {
    expect(() => asTarget(encoded(null, 2), spec('price', [null, 1]))).toThrow(
      'the columns of data.y make 2 numbers a row, but the output price makes 1 number',
    );
  });
});
