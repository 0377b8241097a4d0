import type { ColumnGroup } from './data.js';
import type { ColumnProfile } from './dataset.js';

/** How the columns of a group are encoded when the group does not say: strings as one_hot, all else as numbers. */
export const columnEncoding = (
  { encoding }: Pick<ColumnGroup, 'encoding'>,
  { type }: Pick<ColumnProfile, 'type'>,
): 'numeric' | 'one_hot' | 'int' => encoding ?? (type === 'string' ? 'one_hot' : 'numeric');

/** Whether the constant that stands in for missing values is a category that the column does not have otherwise. */
const addsCategory = ({ impute }: Pick<ColumnGroup, 'impute'>, profile: ColumnProfile): boolean => {
  if (typeof impute !== 'object' || profile.missing === 0 || profile.categories === null) return false;
  return profile.categories.every(({ value }) => value !== String(impute.constant));
};

/**
 * Numbers that one column becomes in every row. Categories are those of the whole dataset, so that the width does not depend
 * on which rows fall into the training split.
 */
export const encodedColumnWidth = (
  group: Pick<ColumnGroup, 'encoding' | 'impute'>,
  profile: ColumnProfile,
): number =>
  columnEncoding(group, profile) === 'one_hot'
    ? profile.distinct + (addsCategory(group, profile) ? 1 : 0)
    : 1;

/** Numbers that a group's columns become in every row, side by side in the order of the group. */
export const encodedWidth = (
  group: Pick<ColumnGroup, 'encoding' | 'impute'>,
  profiles: readonly ColumnProfile[],
): number => profiles.reduce((width, profile) => width + encodedColumnWidth(group, profile), 0);
