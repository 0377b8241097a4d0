import { columnEncoding, encodedColumnWidth, type ColumnGroup, type ColumnProfile } from '@epochal/contracts';
import { nearestNames } from '../catalogue/nearest-names.js';
import type { DataProblems } from './data-problems.js';

type Path = readonly (string | number)[];

const checkImpute = (
  group: ColumnGroup,
  profile: ColumnProfile,
  path: Path,
  problems: DataProblems,
): void => {
  const { impute } = group;
  const encoding = columnEncoding(group, profile);
  const isText = profile.type === 'string';
  if (impute === undefined) {
    if (profile.missing === 0) return;
    problems.add(
      path,
      `The column ${profile.name} has ${profile.missing} missing values, and no impute says what to do`,
      {
        expected: isText
          ? 'impute: "most_frequent" or {"constant": ...}'
          : 'impute: "median", "mean", "most_frequent" or {"constant": ...}',
      },
    );
    return;
  }
  if (impute === 'mean' || impute === 'median') {
    if (!isText && encoding === 'numeric') return;
    problems.add(path, `The column ${profile.name} has no ${impute}: its values are categories`, {
      expected: 'impute: "most_frequent" or {"constant": ...}',
      received: impute,
    });
    return;
  }
  if (typeof impute !== 'object') return;
  if (encoding === 'numeric' && typeof impute.constant !== 'number') {
    problems.add(path, `The constant for the column ${profile.name} must be a number`, {
      expected: 'a number',
      received: JSON.stringify(impute.constant),
    });
  }
  const isListed = profile.categories !== null && profile.categories.length >= profile.distinct;
  if (encoding === 'one_hot' && profile.missing > 0 && !isListed) {
    problems.add(
      path,
      `It is not known whether the constant is a category of the column ${profile.name}: not all of its categories are listed`,
      { expected: 'impute: "most_frequent", or encoding: "int"', received: JSON.stringify(impute) },
    );
  }
};

const checkEncoding = (
  group: ColumnGroup,
  profile: ColumnProfile,
  path: Path,
  problems: DataProblems,
): void => {
  const encoding = columnEncoding(group, profile);
  if (profile.type === 'string' && encoding === 'numeric') {
    const example = profile.categories?.[0]?.value;
    problems.add(path, `The column ${profile.name} holds texts, which are no numbers`, {
      expected: 'encoding: "one_hot" or "int"',
      received:
        example === undefined
          ? 'encoding: "numeric"'
          : `encoding: "numeric" for values such as ${JSON.stringify(example)}`,
    });
  }
  if (profile.distinct === 0) {
    problems.add(path, `The column ${profile.name} has no values at all`, {
      expected: 'a column with values',
    });
  }
};

/**
 * Checks one group of columns against the dataset.
 * @returns the numbers that the group becomes in every row, or undefined when something is wrong with it
 */
export const checkGroup = (
  group: ColumnGroup,
  columns: ReadonlyMap<string, ColumnProfile>,
  path: Path,
  problems: DataProblems,
): number | undefined => {
  const before = problems.list.length;
  let width = 0;
  for (const [index, name] of group.columns.entries()) {
    const at = [...path, 'columns', index];
    const profile = columns.get(name);
    if (profile === undefined) {
      const nearest = nearestNames(name, columns.keys());
      problems.add(
        at,
        `The dataset has no column ${name}${nearest.length > 0 ? `. Did you mean ${nearest.join(' or ')}?` : ''}`,
        {
          expected: [...columns.keys()].slice(0, 50).join(', '),
          received: name,
        },
      );
      continue;
    }
    checkEncoding(group, profile, at, problems);
    checkImpute(group, profile, at, problems);
    width += encodedColumnWidth(group, profile);
  }
  return problems.list.length === before ? width : undefined;
};
