import { readFileSync } from 'node:fs';
import type { JsonObject } from '@epochal/contracts';

/** What real Keras says of a model: see fixtures/gallery.py. */
export interface GalleryModel {
  readonly definition: JsonObject;
  readonly layers: readonly string[];
  readonly input_names: readonly string[];
  readonly output_names: readonly string[];
  readonly input_shapes: readonly (number | null)[][];
  readonly output_shapes: readonly (number | null)[][];
  readonly weights: readonly {
    readonly path: string;
    readonly shape: number[];
    readonly trainable: boolean;
  }[];
  readonly parameters: number;
  readonly summary: string | null;
}

export interface Gallery {
  readonly models: Readonly<Record<string, GalleryModel>>;
  readonly refused: Readonly<Record<string, JsonObject>>;
}

/** For tests: the models that real Keras wrote, by the dialect. */
export const readGallery = (file: 'keras-3' | 'keras-2'): Gallery =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${file}.json`, import.meta.url), 'utf8')) as Gallery;
