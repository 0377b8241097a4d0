import { z } from 'zod';

/** Where the channels stand. Keras's null is its configured default, channels last. */
export const dataFormat = z
  .enum(['channels_last', 'channels_first'])
  .nullable()
  .default('channels_last')
  .transform((format) => format ?? 'channels_last');
export type DataFormat = z.output<typeof dataFormat>;

/** The same number for each of `dimensions` axes, or one a axis. */
export function perAxis<Initial extends number | undefined>(
  dimensions: 1 | 2 | 3,
  number: z.ZodType<number>,
  initial?: Initial,
) {
  const schema = z
    .union([number, z.array(number).length(dimensions)])
    .transform((value): number[] =>
      typeof value === 'number' ? Array.from({ length: dimensions }, () => value) : value,
    );
  return (
    initial === undefined ? schema : schema.default(() => Array.from({ length: dimensions }, () => initial))
  ) as Initial extends number ? ReturnType<typeof schema.default> : typeof schema;
}
