import type { Shape } from '@epochal/contracts';
import { ShapeError } from '../layer-definition.js';

export const formatShape = (shape: readonly (number | null)[]): string =>
  `[${shape.map((size) => size ?? 'null').join(', ')}]`;

/** The only input of a layer that takes one. @throws ShapeError */
export function onlyInput(className: string, inputs: readonly Shape[]): Shape {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw new ShapeError(`${className} takes one input; received ${inputs.length}`);
  }
  return input;
}

/** @param most no upper bound when left out @throws ShapeError */
export function requireRank(className: string, shape: Shape, least: number, most = Infinity): void {
  if (shape.length >= least && shape.length <= most) return;
  const wanted = most === least ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw new ShapeError(
    `${className} takes inputs of rank ${wanted} (the batch counts as one); received shape ${formatShape(shape)}`,
  );
}

/** The size along an axis, which may count from the end. @throws ShapeError when there is no such axis or its size is unknown */
export function knownSize(className: string, shape: Shape, axis: number): number {
  const size = shape.at(axis);
  if (size === undefined) {
    throw new ShapeError(`${className} has no axis ${axis} in an input of shape ${formatShape(shape)}`);
  }
  if (size === null) {
    throw new ShapeError(
      `${className} needs a known size along axis ${axis}; received shape ${formatShape(shape)}`,
    );
  }
  return size;
}

/** The axis counted from the front. @throws ShapeError when there is no such axis */
export function positiveAxis(className: string, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive >= 0 && positive < rank) return positive;
  throw new ShapeError(`${className} has axis ${axis}, but its input has rank ${rank}`);
}

/** Product of sizes; null when one is unknown. */
export function product(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>(
    (total, size) => (total === null || size === null ? null : total * size),
    1,
  );
}
