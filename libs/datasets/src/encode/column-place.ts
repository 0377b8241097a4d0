import {
  type ColumnGroup,
  type ColumnProfile,
  type Data,
  encodedColumnWidth,
  jsonPointer,
} from '@epochal/contracts';
import { invalidData } from './invalid-data-error.js';

/** A column where a request asks for it. */
export interface ColumnPlace {
  readonly profile: ColumnProfile;
  readonly group: ColumnGroup;
  /** For errors: where in the request the column is named. */
  readonly pointer: string;
  /** Its first number in a row of the tensor, and how many there are. */
  readonly at: number;
  readonly width: number;
}

/** One input or output of the model; `name` is null for a model with a single one. */
export interface TensorPlan {
  readonly name: string | null;
  readonly width: number;
  readonly places: readonly ColumnPlace[];
}

/** Lays out the tensors that a request asks for. @throws InvalidDataError when the dataset lacks a column */
export function planTensors(
  columns: readonly ColumnProfile[],
  groups: Data['x'],
  path: readonly string[],
): TensorPlan[] {
  if (Array.isArray(groups)) return [planTensor(columns, null, groups, path)];
  return Object.entries(groups).map(([name, list]) => planTensor(columns, name, list, [...path, name]));
}

function planTensor(
  columns: readonly ColumnProfile[],
  name: string | null,
  groups: readonly ColumnGroup[],
  path: readonly PropertyKey[],
): TensorPlan {
  let width = 0;
  const places = groups.flatMap((group, groupIndex) =>
    group.columns.map((column, index): ColumnPlace => {
      const pointer = jsonPointer([...path, groupIndex, 'columns', index]);
      const profile = findColumn(columns, column, pointer);
      const place = { profile, group, pointer, at: width, width: encodedColumnWidth(group, profile) };
      width += place.width;
      return place;
    }),
  );
  return { name, width, places };
}

/** @throws InvalidDataError when the dataset has no column of the name */
export function findColumn(columns: readonly ColumnProfile[], name: string, pointer: string): ColumnProfile {
  const profile = columns.find((column) => column.name === name);
  if (profile) return profile;
  throw invalidData(pointer, `the dataset has no column "${name}"`, {
    expected: `one of ${columns.map((column) => column.name).join(', ')}`,
    received: name,
  });
}
