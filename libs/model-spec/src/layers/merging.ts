import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { ShapeError } from '../layer-definition.js';
import { defineLayer } from './define-layer.js';
import { formatShape, positiveAxis } from './shape-rules.js';

const list = (shapes: readonly Shape[]) => shapes.map(formatShape).join(' and ');

/** Shapes without the batch, aligned at their ends, as Keras's merge layers broadcast them. */
function broadcast(className: string, a: Shape, b: Shape): Shape {
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
  const offset = longer.length - shorter.length;
  return longer.map((size, axis) => {
    if (axis < offset) return size;
    const other = shorter[axis - offset] ?? null;
    if (size === null || other === null) return null;
    if (size === other || other === 1) return size;
    if (size === 1) return other;
    throw new ShapeError(
      `${className} takes inputs of one shape, the batch left out; received ${list([a, b])}`,
    );
  });
}

function elementwise<const Name extends string>(className: Name, inputsWanted: 'two' | 'any') {
  return defineLayer({
    className,
    fields: {},
    outputShapes(_config, inputs) {
      const [first, ...others] = inputs;
      if (first === undefined || (inputsWanted === 'two' && others.length !== 1)) {
        const wanted = inputsWanted === 'two' ? 'two inputs' : 'one input or more';
        throw new ShapeError(`${className} takes ${wanted}; received ${inputs.length}`);
      }
      const merged = others.reduce<Shape>(
        (shape, input) => broadcast(className, shape, input.slice(1)),
        first.slice(1),
      );
      const batches = new Set(inputs.map(([batch]) => batch ?? null).filter((batch) => batch !== null));
      return [[batches.size === 1 ? ([...batches][0] ?? null) : null, ...merged]];
    },
  });
}

const concatenate = defineLayer({
  className: 'Concatenate',
  fields: { axis: z.number().int().default(-1) },
  outputShapes({ axis }, inputs) {
    const [first] = inputs;
    if (first === undefined) throw new ShapeError('Concatenate takes one input or more; received none');
    const along = positiveAxis('Concatenate', axis, first.length);
    const agree = inputs.every(
      (shape) =>
        shape.length === first.length &&
        shape.every((size, index) => {
          const other = first[index];
          return index === along || size === other || size === null || other === null;
        }),
    );
    if (!agree) {
      throw new ShapeError(
        `Concatenate takes inputs that differ only along axis ${axis}; received ${list(inputs)}`,
      );
    }
    const sizes = inputs.map((shape) => shape[along] ?? null);
    const total = sizes.some((size) => size === null)
      ? null
      : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    const known = first.map(
      (size, index) => size ?? inputs.find((shape) => shape[index] !== null)?.[index] ?? null,
    );
    return [known.map((size, index) => (index === along ? total : size))];
  },
});

const dot = defineLayer({
  className: 'Dot',
  fields: {
    axes: z
      .union([z.number().int(), z.array(z.number().int()).length(2)])
      .transform((axes): number[] => (typeof axes === 'number' ? [axes, axes] : axes)),
    normalize: z.boolean().default(false),
  },
  outputShapes({ axes }, inputs) {
    const [a, b] = inputs;
    if (a === undefined || b === undefined || inputs.length !== 2) {
      throw new ShapeError(`Dot takes two inputs; received ${inputs.length}`);
    }
    const [aAxis, bAxis] = [
      positiveAxis('Dot', axes[0] ?? -1, a.length),
      positiveAxis('Dot', axes[1] ?? -1, b.length),
    ];
    if (aAxis === 0 || bAxis === 0 || a[aAxis] !== b[bAxis]) {
      throw new ShapeError(
        `Dot takes inputs of equal size along axes ${aAxis} and ${bAxis}, neither the batch; received ${list([a, b])}`,
      );
    }
    const shape = [
      ...a.filter((_size, axis) => axis !== aAxis),
      ...b.filter((_size, axis) => axis !== bAxis && axis !== 0),
    ];
    return [shape.length === 1 ? [...shape, 1] : shape];
  },
});

export const mergingLayers = {
  Add: elementwise('Add', 'any'),
  Subtract: elementwise('Subtract', 'two'),
  Multiply: elementwise('Multiply', 'any'),
  Average: elementwise('Average', 'any'),
  Maximum: elementwise('Maximum', 'any'),
  Minimum: elementwise('Minimum', 'any'),
  Concatenate: concatenate,
  Dot: dot,
};
