// Reads an HDF5 file in a worker thread, because h5wasm blocks its thread: tells what is in it, or copies datasets out of it.
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as h5wasm from 'h5wasm/node';
import './raw-file-system.mjs';

/** @typedef {import('../src/hdf5/hdf5-contents.js').Hdf5Contents} Hdf5Contents */
/** @typedef {import('../src/hdf5/hdf5-contents.js').CopyRequest} CopyRequest */
/** @typedef {import('h5wasm').Group} Group */
/** @typedef {import('h5wasm').Dataset} Dataset */

/** Larger datasets are copied in slices of at most so many elements, so that memory stays flat. */
const MOST_ELEMENTS_AT_ONCE = 4 * 1024 * 1024;

/** @param {readonly number[]} shape */
const sizeOf = (shape) => shape.reduce((size, length) => size * length, 1);

/** @param {unknown} value */
const textsOf = (value) => {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
};

/**
 * @param {Group} group
 * @param {string} path
 * @param {Hdf5Contents} contents
 */
function inspect(group, path, contents) {
  /** @type {Record<string, string | readonly string[]>} */
  const attributes = {};
  for (const [name, attribute] of Object.entries(group.attrs)) {
    // An empty list of texts is written as an empty list of numbers.
    const value = attribute.shape?.[0] === 0 ? [] : textsOf(attribute.value);
    if (value !== null) attributes[name] = value;
  }
  contents.groups[path] = attributes;
  for (const name of group.keys()) {
    const below = path === '' ? name : `${path}/${name}`;
    const entity = group.get(name);
    if (entity instanceof h5wasm.Group) inspect(entity, below, contents);
    else if (entity instanceof h5wasm.Dataset) contents.datasets[below] = [...(entity.shape ?? [])];
  }
}

/**
 * Ranges that together make up a shape, in row-major order.
 * @param {readonly number[]} shape
 * @returns {Generator<[number, number][]>}
 */
function* blocks(shape) {
  const axis = shape.findIndex((_length, index) => sizeOf(shape.slice(index + 1)) <= MOST_ELEMENTS_AT_ONCE);
  const step = Math.max(1, Math.floor(MOST_ELEMENTS_AT_ONCE / sizeOf(shape.slice(axis + 1))));
  const corner = shape.map(() => 0);
  for (;;) {
    yield shape.map((length, index) => {
      const from = /** @type {number} */ (corner[index]);
      if (index > axis) return [0, length];
      return [from, Math.min(from + (index === axis ? step : 1), length)];
    });
    let moved = axis;
    for (; moved >= 0; moved--) {
      corner[moved] = /** @type {number} */ (corner[moved]) + (moved === axis ? step : 1);
      if (/** @type {number} */ (corner[moved]) < /** @type {number} */ (shape[moved])) break;
      corner[moved] = 0;
    }
    if (moved < 0) return;
  }
}

/**
 * @param {unknown} value one number, or some of any type
 * @param {'float32' | 'int32'} dtype
 */
function convert(value, dtype) {
  const values = typeof value === 'number' || typeof value === 'bigint' ? [value] : value;
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw new TypeError('A dataset does not hold numbers');
  const list = /** @type {ArrayLike<number | bigint>} */ (values);
  return dtype === 'float32' ? Float32Array.from(list, Number) : Int32Array.from(list, Number);
}

/**
 * @param {Group} file
 * @param {CopyRequest} request
 */
function copy(file, { target, header, datasets }) {
  const fd = fs.openSync(target, 'wx');
  const append = (/** @type {Uint8Array} */ bytes) => {
    for (let done = 0; done < bytes.length;) done += fs.writeSync(fd, bytes, done);
  };
  try {
    append(header);
    for (const { path, dtype } of datasets) {
      const dataset = /** @type {Dataset} */ (file.get(path));
      const shape = dataset.shape ?? [];
      const size = sizeOf(shape);
      if (size === 0) continue;
      const parts = size <= MOST_ELEMENTS_AT_ONCE ? [null] : blocks(shape);
      for (const ranges of parts) {
        const values = convert(ranges === null ? dataset.value : dataset.slice(ranges), dtype);
        append(new Uint8Array(values.buffer));
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** @param {{ path: string; copy: CopyRequest | null }} data */
async function read({ path, copy: request }) {
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'r');
  if (file.file_id <= 0n) throw new Error(`${path} cannot be opened as HDF5`);
  try {
    if (request !== null) return copy(file, request);
    /** @type {Hdf5Contents} */
    const contents = { groups: {}, datasets: {} };
    inspect(file, '', contents);
    return contents;
  } finally {
    file.close();
  }
}

parentPort?.postMessage(await read(workerData));
