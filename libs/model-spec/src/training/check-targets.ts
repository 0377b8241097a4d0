import { columnEncoding, type ColumnProfile, type TensorSpec } from '@epochal/contracts';
import { rowSize, type CheckedTensor } from './check-tensors.js';
import type { CompiledOutput } from './read-compile.js';
import type { DataProblems } from './data-problems.js';

const SPARSE = 'SparseCategoricalCrossentropy';

/** Class indexes are whole numbers from 0 to below the number of classes. */
const checkClassIndexes = (
  tensor: CheckedTensor,
  classes: number,
  columns: ReadonlyMap<string, ColumnProfile>,
  problems: DataProblems,
): void => {
  const [group] = tensor.groups;
  const profile = group && columns.get(group.columns[0]!);
  if (group === undefined || profile === undefined) return;
  const at = [...tensor.path, 0, 'columns', 0];
  if (columnEncoding(group, profile) === 'int') {
    if (profile.distinct <= classes) return;
    problems.add(
      at,
      `The column ${profile.name} has ${profile.distinct} classes, but the output ${tensor.name} only ${classes}`,
      {
        expected: `at most ${classes} classes, or an output of ${profile.distinct} units`,
        received: `${profile.distinct} classes`,
      },
    );
    return;
  }
  if (group.standardize || group.scale !== 1 || group.offset !== 0) {
    problems.add([...tensor.path, 0], 'Class indexes must not be standardized or scaled', {
      expected: 'no standardize, scale or offset',
    });
    return;
  }
  const { min, max } = profile;
  if (profile.type === 'number' || (min !== null && min < 0) || (max !== null && max >= classes)) {
    problems.add(at, `The column ${profile.name} does not hold class indexes of the output ${tensor.name}`, {
      expected: `whole numbers from 0 to ${classes - 1}, or encoding: "int"`,
      received: profile.type === 'number' ? 'numbers with fractions' : `values from ${min} to ${max}`,
    });
  }
};

const checkSparse = (
  tensor: CheckedTensor,
  spec: TensorSpec,
  columns: ReadonlyMap<string, ColumnProfile>,
  problems: DataProblems,
): void => {
  const classes = spec.shape.at(-1);
  const size = rowSize(spec.shape.slice(0, -1));
  const { width } = tensor;
  if (classes === 1) {
    problems.add(
      tensor.path,
      `The loss of the output ${spec.name} needs one unit for each class, and the output has one unit`,
      {
        expected: 'an output with a unit for each class, or the loss binary_crossentropy',
        received: 'sparse_categorical_crossentropy',
      },
    );
    return;
  }
  if (width === undefined || size === null || classes === undefined || classes === null) return;
  if (width !== size) {
    problems.add(
      tensor.path,
      `The targets of the output ${spec.name} must be class indexes, one number for each prediction, but the columns make ${width}`,
      {
        expected: `${size} column${size === 1 ? '' : 's'} with encoding: "int", or the loss categorical_crossentropy`,
        received: `${width} numbers`,
      },
    );
    return;
  }
  if (size === 1) checkClassIndexes(tensor, classes, columns, problems);
};

/** Checks that an output's columns are what its loss compares its predictions with. */
export const checkTargets = (
  tensor: CheckedTensor,
  spec: TensorSpec,
  output: CompiledOutput | undefined,
  columns: ReadonlyMap<string, ColumnProfile>,
  problems: DataProblems,
): void => {
  if (output?.loss?.class_name === SPARSE) {
    checkSparse(tensor, spec, columns, problems);
    return;
  }
  const size = rowSize(spec.shape);
  const { width } = tensor;
  if (width === undefined || size === null || width === size) return;
  problems.add(
    tensor.path,
    `The model's output ${spec.name} makes ${size} numbers a row, but the target columns make ${width}`,
    {
      expected:
        width === 1 && size > 1
          ? `${size} numbers, or the loss sparse_categorical_crossentropy for class indexes`
          : `${size} numbers`,
      received: `${width} numbers`,
    },
  );
};
