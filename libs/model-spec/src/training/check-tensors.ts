import type { ColumnGroup, ColumnProfile, Data, Shape, TensorSpec } from '@epochal/contracts';
import { nearestNames } from '../catalogue/nearest-names.js';
import { checkGroup } from './check-columns.js';
import type { DataProblems } from './data-problems.js';

/** The groups of columns that one input or output of the model takes, and how many numbers they are in every row. */
export interface CheckedTensor {
  readonly name: string;
  readonly groups: readonly ColumnGroup[];
  readonly path: readonly (string | number)[];
  /** Undefined when something is wrong with a column. */
  readonly width: number | undefined;
}

const format = (shape: Shape): string => `(${shape.map((size) => size ?? 'None').join(', ')})`;

/** Numbers that one row of a tensor holds; null when a size is not known. */
export const rowSize = (shape: Shape): number | null =>
  shape
    .slice(1)
    .reduce<number | null>((size, length) => (size === null || length === null ? null : size * length), 1);

const split = (
  tensors: Data['x'],
  specs: readonly TensorSpec[],
  field: 'x' | 'y',
  problems: DataProblems,
): { name: string; groups: readonly ColumnGroup[]; path: (string | number)[] }[] => {
  const kind = field === 'x' ? 'input' : 'output';
  const names = specs.map(({ name }) => name);
  if (Array.isArray(tensors)) {
    if (specs.length === 1) return [{ name: names[0]!, groups: tensors, path: [field] }];
    problems.add([field], `The model has ${specs.length} ${kind}s: say which columns each of them takes`, {
      expected: `an object with the keys ${names.join(', ')}`,
      received: 'one list of columns',
    });
    return [];
  }
  for (const name of Object.keys(tensors)) {
    if (names.includes(name)) continue;
    const [nearest] = nearestNames(name, names);
    problems.add(
      [field, name],
      `The model has no ${kind} ${name}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`,
      {
        expected: names.join(', '),
        received: name,
      },
    );
  }
  return specs.flatMap(({ name }) => {
    const groups = tensors[name];
    if (groups !== undefined) return [{ name, groups, path: [field, name] }];
    problems.add([field], `The model's ${kind} ${name} is given no columns`, { expected: `a key ${name}` });
    return [];
  });
};

/** Checks the columns of every input (x) or output (y): they are there, can be encoded, and each name is one of the model's. */
export const checkTensors = (
  tensors: Data['x'],
  specs: readonly TensorSpec[],
  columns: ReadonlyMap<string, ColumnProfile>,
  field: 'x' | 'y',
  problems: DataProblems,
): CheckedTensor[] =>
  split(tensors, specs, field, problems).map(({ name, groups, path }) => {
    const widths = groups.map((group, index) => checkGroup(group, columns, [...path, index], problems));
    const width = widths.includes(undefined)
      ? undefined
      : widths.reduce<number>((sum, next) => sum + next!, 0);
    return { name, groups, path, width };
  });

const describeWidth = ({ groups }: CheckedTensor, width: number): string => {
  const count = groups.reduce((sum, group) => sum + group.columns.length, 0);
  const columns = count === 1 ? '1 column' : `${count} columns`;
  return count === width ? columns : `${width} numbers (from ${columns}, after encoding)`;
};

/** Checks that an input's columns are as many numbers as a row of it holds. */
export const checkInputWidth = (tensor: CheckedTensor, spec: TensorSpec, problems: DataProblems): void => {
  const size = rowSize(spec.shape);
  const { width } = tensor;
  if (width === undefined || size === null || size === width) return;
  const single =
    spec.shape.length === 2 ? `${size} numbers` : `${size} numbers, the product of ${format(spec.shape)}`;
  problems.add(
    tensor.path,
    `The model's input ${spec.name} takes ${size} numbers a row, but the columns make ${width}`,
    {
      expected: `${single}, for the input shape ${format(spec.shape)}`,
      received: describeWidth(tensor, width),
    },
  );
};
