// Writes an HDF5 file in a worker thread, because h5wasm blocks its thread. Plain JavaScript, so that a thread can start it
// both from the sources and from the build.
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as h5wasm from 'h5wasm/node';
import { throwFailedWrite } from './raw-file-system.mjs';

/** @typedef {import('../src/hdf5/hdf5-plan.js').Hdf5Plan} Hdf5Plan */
/** @typedef {import('../src/hdf5/hdf5-plan.js').PlannedDataset} PlannedDataset */
/** @typedef {import('h5wasm').Group} Group */
/** @typedef {Float32Array | Int32Array | BigInt64Array} Elements */

const DTYPES = { float32: '<f', int32: '<i', int64: '<q' };
const ELEMENT_BYTES = 4;
/** Larger tensors are written in slices of at most so many elements, so that memory stays flat. */
const MOST_ELEMENTS_AT_ONCE = 4 * 1024 * 1024;

/** @param {readonly number[]} shape */
const sizeOf = (shape) => shape.reduce((size, length) => size * length, 1);

/**
 * @param {PlannedDataset} dataset
 * @param {number} start
 * @param {number} count
 * @returns {Elements}
 */
function readElements({ source, dtype }, start, count) {
  const elements =
    'fill' in source ? new Float32Array(count).fill(source.fill) : readFile(source, start, count);
  if (dtype === 'int64') return BigInt64Array.from(elements, (value) => BigInt(value));
  if (dtype === 'int32') return elements instanceof Int32Array ? elements : Int32Array.from(elements);
  return elements instanceof Float32Array ? elements : Float32Array.from(elements);
}

/** @type {Map<string, number>} */
const openFiles = new Map();

/**
 * @param {{ readonly file: string; readonly offset: number; readonly dtype: 'float32' | 'int32' }} source
 * @param {number} start
 * @param {number} count
 */
function readFile({ file, offset, dtype }, start, count) {
  const fd = openFiles.get(file) ?? fs.openSync(file, 'r');
  openFiles.set(file, fd);
  const bytes = Buffer.from(new ArrayBuffer(count * ELEMENT_BYTES));
  for (let done = 0; done < bytes.length;) {
    const read = fs.readSync(fd, bytes, done, bytes.length - done, offset + start * ELEMENT_BYTES + done);
    if (read === 0) throw new Error(`${file} ends before its tensors do`);
    done += read;
  }
  return dtype === 'float32' ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
}

/**
 * Cuts a shape into blocks that lie one behind the other in row-major order: whole below an axis, a range along it, single
 * above it.
 * @param {readonly number[]} shape
 */
function blockShape(shape) {
  let inner = sizeOf(shape);
  let axis = 0;
  for (; axis < shape.length; axis++) {
    const length = /** @type {number} */ (shape[axis]);
    inner /= length;
    if (inner <= MOST_ELEMENTS_AT_ONCE) break;
  }
  const length = /** @type {number} */ (shape[axis]);
  // Blocks of one size, because a chunk that juts out of the tensor takes its whole room in the file.
  const along = Math.ceil(length / Math.ceil(length / Math.floor(MOST_ELEMENTS_AT_ONCE / inner)));
  return shape.map((length, index) => (index < axis ? 1 : index === axis ? along : length));
}

/**
 * @param {Group} group
 * @param {string} name
 * @param {PlannedDataset} dataset
 */
function writeInBlocks(group, name, dataset) {
  const { shape, dtype } = dataset;
  const block = blockShape(shape);
  const first = readElements(dataset, 0, sizeOf(block));
  const written = group.create_dataset({
    name,
    data: first,
    shape: block,
    maxshape: [...shape],
    chunks: block,
    dtype: DTYPES[dtype],
  });
  written.resize([...shape]);
  const corner = shape.map(() => 0);
  let start = 0;
  for (;;) {
    const ranges = corner.map((from, axis) => {
      const to = Math.min(from + /** @type {number} */ (block[axis]), /** @type {number} */ (shape[axis]));
      return /** @type {[number, number]} */ ([from, to]);
    });
    const count = sizeOf(ranges.map(([from, to]) => to - from));
    if (start > 0) written.write_slice(ranges, readElements(dataset, start, count));
    throwFailedWrite();
    start += count;
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      corner[axis] = /** @type {number} */ (corner[axis]) + /** @type {number} */ (block[axis]);
      if (/** @type {number} */ (corner[axis]) < /** @type {number} */ (shape[axis])) break;
      corner[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/**
 * @param {Group} root
 * @param {string} path
 * @returns {Group}
 */
function groupAt(root, path) {
  let group = root;
  for (const part of path.split('/')) {
    if (part === '') continue;
    const next = group.keys().includes(part) ? group.get(part) : group.create_group(part);
    group = /** @type {Group} */ (next);
  }
  return group;
}

/**
 * @param {Group} group
 * @param {Readonly<Record<string, string | readonly string[]>>} attributes
 */
function writeAttributes(group, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string') group.create_attribute(name, value);
    // h5py writes an empty list of texts as an empty list of numbers.
    else if (value.length === 0) group.create_attribute(name, new Float64Array(0), [0], '<d');
    else {
      const width = Math.max(1, ...value.map((text) => Buffer.byteLength(text)));
      group.create_attribute(name, [...value], [value.length], `S${width}`);
    }
  }
}

/** @param {{ plan: Hdf5Plan; path: string }} data */
async function write({ plan, path }) {
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'w');
  throwFailedWrite();
  if (file.file_id <= 0n) throw new Error(`${path} cannot be made`);
  try {
    for (const { path: at, attributes } of plan.groups) writeAttributes(groupAt(file, at), attributes);
    for (const dataset of plan.datasets) {
      const slash = dataset.path.lastIndexOf('/');
      const group = groupAt(file, dataset.path.slice(0, Math.max(slash, 0)));
      const name = dataset.path.slice(slash + 1);
      const size = sizeOf(dataset.shape);
      if (size > MOST_ELEMENTS_AT_ONCE) writeInBlocks(group, name, dataset);
      else {
        const data = readElements(dataset, 0, size);
        group.create_dataset({ name, data, shape: [...dataset.shape], dtype: DTYPES[dataset.dtype] });
      }
      throwFailedWrite();
    }
  } finally {
    file.close();
    for (const fd of openFiles.values()) fs.closeSync(fd);
  }
  throwFailedWrite();
}

await write(workerData);
parentPort?.postMessage('written');
