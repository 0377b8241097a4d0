/** Bytes that one attribute may take in the file format that h5py writes. */
const LIMIT = 64_512;

/**
 * A list of names as attributes: one, or several that are numbered when one would be too large (`layer_names0`, `layer_names1`), as
 * Keras writes and reads them.
 */
export const splitAttribute = (
  name: string,
  values: readonly string[],
): Record<string, readonly string[]> => {
  const width = Math.max(1, ...values.map((value) => Buffer.byteLength(value)));
  const most = Math.max(1, Math.floor(LIMIT / width));
  if (values.length <= most) return { [name]: values };
  const parts = Math.ceil(values.length / most);
  return Object.fromEntries(
    Array.from({ length: parts }, (_, part) => [
      `${name}${part}`,
      values.slice(part * most, (part + 1) * most),
    ]),
  );
};
