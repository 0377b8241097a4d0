import { open } from 'node:fs/promises';
import { ModelFileError } from './model-file-error.js';

const HDF5 = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
const ZIP = Buffer.from('PK');

/** What a file is, by its first bytes. @throws ModelFileError when it is neither HDF5 nor a ZIP archive */
export const fileKind = async (path: string): Promise<'hdf5' | 'archive'> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HDF5.length), 0, HDF5.length, 0);
    const start = buffer.subarray(0, bytesRead);
    if (start.equals(HDF5)) return 'hdf5';
    if (start.subarray(0, ZIP.length).equals(ZIP)) return 'archive';
  } finally {
    await file.close();
  }
  throw new ModelFileError('The file is neither HDF5 (.h5, .weights.h5) nor a Keras archive (.keras)');
};
