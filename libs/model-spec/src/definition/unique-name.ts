import { toSnakeCase } from '../catalogue/snake-case.js';

/** A layer name as Keras makes it from a class name: `dense`, `dense_1`, the first that is not taken. */
export const uniqueName = (className: string, taken: ReadonlySet<string>): string => {
  const stem = toSnakeCase(className);
  let name = stem;
  for (let count = 1; taken.has(name); count++) name = `${stem}_${count}`;
  return name;
};
