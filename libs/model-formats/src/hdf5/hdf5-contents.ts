import type { ElementType } from '../safetensors/tensor-types.js';

/** What stands in an HDF5 file, without its numbers. */
export interface Hdf5Contents {
  /** Attributes that are texts or lists of texts, by the path of the group; the root is the empty path. */
  readonly groups: Record<string, Readonly<Record<string, string | readonly string[]>>>;
  /** Shapes, by the path of the dataset. */
  readonly datasets: Record<string, readonly number[]>;
}

/** Datasets to copy one behind the other into a new file, behind some bytes. */
export interface CopyRequest {
  readonly target: string;
  readonly header: Uint8Array;
  readonly datasets: readonly { readonly path: string; readonly dtype: ElementType }[];
}

/** A list of texts that Keras may have split over several attributes: `layer_names`, or `layer_names0` and so on. */
export const readSplitAttribute = (
  attributes: Readonly<Record<string, string | readonly string[]>> | undefined,
  name: string,
): readonly string[] | undefined => {
  const whole = attributes?.[name];
  if (whole !== undefined) return typeof whole === 'string' ? [whole] : whole;
  const parts: string[] = [];
  for (let index = 0; ; index++) {
    const part = attributes?.[`${name}${index}`];
    if (part === undefined) return index === 0 ? undefined : parts;
    parts.push(...(typeof part === 'string' ? [part] : part));
  }
};
