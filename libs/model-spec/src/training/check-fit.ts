import {
  jsonPointer,
  type ColumnProfile,
  type Fit,
  type ProblemError,
  type TensorSpec,
} from '@epochal/contracts';
import { nearestNames } from '../catalogue/nearest-names.js';

type Path = readonly (string | number)[];

const checkSampleWeight = (
  name: string,
  columns: ReadonlyMap<string, ColumnProfile>,
  path: Path,
): ProblemError[] => {
  const pointer = jsonPointer(path);
  const profile = columns.get(name);
  if (profile === undefined) {
    const [nearest] = nearestNames(name, columns.keys());
    const hint = nearest === undefined ? '' : `. Did you mean ${nearest}?`;
    return [{ pointer, message: `The dataset has no column ${name}${hint}`, received: name }];
  }
  if (profile.type === 'string' || profile.type === 'timestamp') {
    const message = `The column ${name} holds no numbers, and cannot weigh rows`;
    return [
      { pointer, message, expected: 'a column of numbers', received: `a column of type ${profile.type}` },
    ];
  }
  if (profile.missing === 0) return [];
  const message = `The column ${name} has ${profile.missing} missing values: every row needs a weight`;
  return [{ pointer, message, expected: 'a column without missing values' }];
};

/** Checks those arguments of `Model.fit` that depend on the model and the dataset. */
export const checkFit = (
  fit: Pick<Fit, 'sample_weight' | 'class_weight'>,
  outputs: readonly TensorSpec[],
  columns: ReadonlyMap<string, ColumnProfile>,
  path: Path = ['fit'],
): ProblemError[] => {
  const problems: ProblemError[] = [];
  const pointer = jsonPointer([...path, 'class_weight']);
  if (fit.sample_weight !== undefined) {
    problems.push(...checkSampleWeight(fit.sample_weight, columns, [...path, 'sample_weight']));
  }
  if (fit.class_weight === undefined) return problems;
  if (fit.sample_weight !== undefined) {
    const message = 'class_weight and sample_weight cannot be used together';
    problems.push({
      pointer,
      message,
      expected: 'one of them: class weights can be multiplied into the column of sample_weight',
    });
  }
  if (outputs.length > 1) {
    const message = `class_weight can only be used with a model of one output, and this one has ${outputs.length}`;
    problems.push({ pointer, message, expected: 'a column of row weights as sample_weight' });
  }
  return problems;
};
