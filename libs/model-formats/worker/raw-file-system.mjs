// What h5wasm does to files goes through node:fs, of which each thread has its own. Imported before h5wasm does anything.
import fs from 'node:fs';

const STANDARD_ERROR = 2;
const writeSync = fs.writeSync;

/**
 * The first write that failed, as on a full disk: h5wasm does not pass that on.
 * @type {{ error: unknown } | null}
 */
let failed = null;

/** @throws the error of the first write that failed */
export const throwFailedWrite = () => {
  if (failed !== null) throw failed.error;
};

fs.writeSync = /** @type {typeof fs.writeSync} */ (
  (/** @type {any[]} */ ...parameters) => {
    // HDF5 prints a trace for every failure that it meets; what failed is told otherwise.
    if (parameters[0] === STANDARD_ERROR) return Number(parameters[3] ?? parameters[1].length);
    try {
      return Reflect.apply(writeSync, fs, parameters);
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  }
);
