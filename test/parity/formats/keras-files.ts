import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { JsonObject, JsonValue } from '@epochal/contracts';
import { ensurePythonEnvironment } from '../../../scripts/python-environment.mjs';

export interface FileToRead {
  readonly name: string;
  readonly path: string;
  readonly format: 'h5' | 'keras' | 'weights_h5';
  /** For files of weights: the model to load them into, and how to compile it first. */
  readonly definition: JsonObject;
  readonly compile: { readonly optimizer: JsonObject; readonly loss: string } | null;
  /** What to predict; made up when left out. */
  readonly inputs?: JsonValue[];
}

export interface ReadVariable {
  readonly shape: number[];
  readonly dtype: string;
  readonly sha256: string;
}

/** What real Keras found in a file. */
export interface ReadFile {
  readonly name: string;
  readonly variables: ReadVariable[];
  readonly optimizer: ReadVariable[] | null;
  readonly optimizer_config: JsonObject | null;
  readonly learning_rate: number | null;
  readonly predictions: number[][];
  readonly warnings: string[];
  readonly trains: boolean | null;
  readonly logs: string[] | null;
}

/** Loads files with real Keras. */
export const readWithKeras = async (
  generation: 'keras_3' | 'keras_2',
  files: readonly FileToRead[],
): Promise<Map<string, ReadFile>> => {
  const python = await ensurePythonEnvironment();
  const program = fileURLToPath(new URL('read_files.py', import.meta.url));
  const child = spawn(python, [program, generation], { stdio: 'pipe' });
  child.stdin.end(JSON.stringify(files));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(`Keras could not read the files: ${errors}`);
  return new Map((JSON.parse(output) as ReadFile[]).map((file) => [file.name, file]));
};
