import { z } from 'zod';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

export const jsonValueSchema: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>;
export const jsonObjectSchema = z.record(z.string(), jsonValueSchema);

/** JSON has no NaN and no infinities; a diverging loss must still be reported. */
export const NON_FINITE = ['NaN', 'Infinity', '-Infinity'] as const;
export const wireNumberSchema = z.union([z.number(), z.enum(NON_FINITE)]);
export type WireNumber = z.infer<typeof wireNumberSchema>;

export const toWireNumber = (value: number): WireNumber =>
  Number.isFinite(value) ? value : (String(value) as (typeof NON_FINITE)[number]);
export const fromWireNumber = (value: WireNumber): number => Number(value);
