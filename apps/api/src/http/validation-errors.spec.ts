import { createJobSchema, createModelSchema } from '@epochal/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validationErrors } from './validation-errors.js';

function errorsOf(schema: z.ZodType, value: unknown, root?: string) {
  const result = schema.safeParse(value);
  return result.success ? [] : validationErrors(result.error.issues, value, root);
}

describe('an error', () => {
  it('says where it is, what came and what would be right', () => {
    const schema = z.object({ fit: z.object({ epochs: z.number().int().min(1) }) });
    expect(errorsOf(schema, { fit: { epochs: 'ten' } })).toEqual([
      { pointer: '/fit/epochs', message: 'has the wrong type', expected: 'number', received: '"ten"' },
    ]);
    expect(errorsOf(schema, { fit: { epochs: 0 } })).toEqual([
      { pointer: '/fit/epochs', message: 'is too small', expected: 'at least 1', received: '0' },
    ]);
    expect(errorsOf(schema, { fit: { epochs: 1.5 } })).toEqual([
      { pointer: '/fit/epochs', message: 'has the wrong type', expected: 'a whole number', received: '1.5' },
    ]);
    expect(errorsOf(schema, { fit: {} })).toEqual([
      { pointer: '/fit/epochs', message: 'is missing', expected: 'number', received: 'nothing' },
    ]);
  });

  it('names the allowed values', () => {
    expect(errorsOf(z.enum(['mean', 'median']), 'average')).toEqual([
      {
        pointer: '',
        message: 'is not one of the allowed values',
        expected: '"mean" or "median"',
        received: '"average"',
      },
    ]);
  });

  it('points at each unknown field', () => {
    const errors = errorsOf(z.strictObject({ a: z.number() }), { a: 1, b: 2, 'c/d~': 3 });
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/b', '/c~1d~0']);
  });

  it('stands below the root that it is given', () => {
    expect(errorsOf(z.object({ limit: z.number() }), {}, '/query')).toMatchObject([
      { pointer: '/query/limit' },
    ]);
  });

  it('shows no more than the beginning of a long value', () => {
    const [error] = errorsOf(z.object({ a: z.string().max(3) }), { a: 'x'.repeat(100_000) });
    expect(error?.received?.length).toBeLessThan(100);
    expect(error).toMatchObject({ message: 'is too long', expected: 'at most 3 characters' });
  });
});

describe('a value with several forms', () => {
  const job = {
    kind: 'fit',
    model_id: `model_${'0'.repeat(26)}`,
    dataset_id: `ds_${'0'.repeat(26)}`,
    data: { x: ['a'], y: 'b' },
    compile: { loss: 'mse' },
  };
  const pointersOf = (changes: object) =>
    errorsOf(createJobSchema, { ...job, ...changes }).map(({ pointer }) => pointer);

  it('is told what is wrong with the form that was meant', () => {
    expect(pointersOf({ data: { x: [{ columns: ['a'], scale: 'big' }], y: 'b' } })).toEqual([
      '/data/x/0/scale',
    ]);
    expect(pointersOf({ data: { x: { left: [{ columns: ['a'], skale: 1 }] }, y: 'b' } })).toEqual([
      '/data/x/left/0/skale',
    ]);
    expect(pointersOf({ compile: { loss: { class_name: 'Huber', config: [] } } })).toEqual([
      '/compile/loss/config',
    ]);
  });

  it('is told all forms when it has none of them', () => {
    expect(errorsOf(createModelSchema, { name: 'a', definition: 7 })).toEqual([
      {
        pointer: '/definition',
        message: 'has none of the allowed forms',
        expected: 'object or string',
        received: '7',
      },
    ]);
    expect(pointersOf({ data: { x: 7, y: 'b' } })).toEqual(['/data/x']);
  });
});
