import { z } from 'zod';

const unitFactors: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** A whole number between `minimum` and `maximum`, written in decimal digits only: no `1e3`, no `0x10`. */
export function wholeNumber(minimum: number, maximum: number) {
  return z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(minimum).max(maximum));
}

/** A number of bytes, plain (`1048576`) or with a decimal or binary unit (`10GiB`, `1.5 GB`). */
export function byteSize() {
  return z
    .string()
    .regex(/^\d+(\.\d+)?\s*([KMGT]i?B|B)?$/)
    .transform((text) => {
      const [, amount = '', unit = ''] = /^([\d.]+)\s*(\w*)$/.exec(text) ?? [];
      return Math.floor(Number(amount) * (unitFactors[unit] ?? Number.NaN));
    })
    .pipe(z.number().int().positive().max(Number.MAX_SAFE_INTEGER));
}
