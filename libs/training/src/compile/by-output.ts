import { TrainingError } from '../training-error.js';

/**
 * Spreads a list in the order of the outputs, or a record by their names. An output that a record leaves out gets undefined.
 * @throws TrainingError when the list has another length, or the record names what is no output
 */
export const byOutput = <T>(
  values: readonly T[] | Readonly<Record<string, T>>,
  names: readonly string[],
  field: string,
): (T | undefined)[] => {
  if (Array.isArray(values)) {
    if (values.length !== names.length)
      throw new TrainingError(
        'invalid_compile',
        `${field} is a list of ${values.length}, but the model has ${names.length} outputs (${names.join(', ')}): ` +
          'give one entry for each, or an object by output name',
      );
    return [...(values as readonly T[])];
  }
  const record = values as Readonly<Record<string, T>>;
  const unknown = Object.keys(record).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new TrainingError(
      'invalid_compile',
      `${field} names ${unknown.join(', ')}, but the outputs of the model are ${names.join(', ')}`,
    );
  return names.map((name) => record[name]);
};
