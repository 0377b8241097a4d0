import type { Shape } from '@epochal/contracts';
import { ShapeError } from '../layer-definition.js';
import type { DataFormat } from './data-format.js';
import { formatShape, onlyInput, requireRank } from './shape-rules.js';

export type Dimensions = 1 | 2 | 3;
export type Padding = 'valid' | 'same' | 'causal';

/** An input of a layer that works on lines, images or volumes, taken apart. */
export interface SpatialInput {
  readonly batch: number | null;
  readonly spatial: Shape;
  readonly channels: number | null;
}

/** @throws ShapeError for another rank */
export function spatialInput(
  className: string,
  dimensions: Dimensions,
  format: DataFormat,
  inputs: readonly Shape[],
): SpatialInput {
  const input = onlyInput(className, inputs);
  requireRank(className, input, dimensions + 2, dimensions + 2);
  const [batch = null, ...rest] = input;
  return format === 'channels_last'
    ? { batch, spatial: rest.slice(0, -1), channels: rest.at(-1) ?? null }
    : { batch, spatial: rest.slice(1), channels: rest[0] ?? null };
}

export const spatialShape = ({ batch, spatial, channels }: SpatialInput, format: DataFormat): Shape =>
  format === 'channels_last' ? [batch, ...spatial, channels] : [batch, channels, ...spatial];

/** The number of channels, which weights need. @throws ShapeError when it is unknown */
export function knownChannels(className: string, { channels }: SpatialInput): number {
  if (channels === null) throw new ShapeError(`${className} needs a known number of channels`);
  return channels;
}

export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation?: number;
  readonly padding: Padding;
}

/** Length of a line after a window has moved over it (keras.ops, compute_conv_output_shape). @throws ShapeError when none fits */
export function windowed(className: string, spatial: Shape, windows: readonly Window[]): Shape {
  return spatial.map((length, axis) => {
    const { size, stride, dilation = 1, padding } = windows[axis]!;
    if (length === null) return null;
    if (padding !== 'valid') return Math.floor((length - 1) / stride) + 1;
    const span = dilation * (size - 1) + 1;
    if (length >= span) return Math.floor((length - span) / stride) + 1;
    throw new ShapeError(
      `${className} has a window of ${span} along an axis of length ${length}; received spatial shape ${formatShape(spatial)}`,
    );
  });
}
