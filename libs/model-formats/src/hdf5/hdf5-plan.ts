import type { ElementType } from '../safetensors/tensor-types.js';

/** Element types of the datasets that Keras writes. */
export type DatasetType = 'float32' | 'int32' | 'int64';

/** Where a dataset's elements come from, row-major. */
export type DatasetSource =
  /** A tensor within a file: little-endian elements from a byte on. */
  { readonly file: string; readonly offset: number; readonly dtype: ElementType } | { readonly fill: number };

export interface PlannedDataset {
  /** From the root, without a slash in front. Groups on the way are made. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: DatasetType;
  readonly source: DatasetSource;
}

/** A text, or a list of texts of one length as h5py writes `np.array([b"..."])`. */
export type AttributeValue = string | readonly string[];

export interface PlannedGroup {
  /** The root is the empty path. */
  readonly path: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** All of an HDF5 file but its numbers, which are read while it is written. Plain data, to be sent to a worker thread. */
export interface Hdf5Plan {
  readonly groups: readonly PlannedGroup[];
  readonly datasets: readonly PlannedDataset[];
}
