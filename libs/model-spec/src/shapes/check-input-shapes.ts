import type { Shape } from '@epochal/contracts';
import { ShapeError } from '../layer-definition.js';

const format = (shapes: readonly Shape[]): string =>
  shapes.map((shape) => JSON.stringify(shape)).join(' and ');

/** Whether a tensor of one shape can be given where another is declared; unknown sizes and the batch fit anything. */
const fits = (given: Shape, declared: Shape): boolean =>
  given.length === declared.length &&
  declared.every((size, axis) => axis === 0 || size === null || given[axis] === null || given[axis] === size);

/** Checks what a nested model is called on against its Input layers. @throws ShapeError */
export const checkInputShapes = (declared: readonly Shape[], given: readonly Shape[]): void => {
  if (given.length !== declared.length) {
    throw new ShapeError(`the model takes ${declared.length} inputs, and is called on ${given.length}`);
  }
  if (declared.every((shape, index) => fits(given[index]!, shape))) return;
  throw new ShapeError(
    `the model takes inputs of shape ${format(declared)}, and is called on ${format(given)}`,
  );
};
