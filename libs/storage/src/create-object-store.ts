import { FilesystemObjectStore } from './filesystem/filesystem-object-store.js';
import { type S3Options, S3ObjectStore } from './s3/s3-object-store.js';
import type { ObjectStore } from './object-store.js';

/** Where objects are kept. Equal in form to the storage part of the configuration. */
export type StorageOptions =
  { readonly adapter: 'filesystem'; readonly root: string } | ({ readonly adapter: 's3' } & S3Options);

/** Makes the store; nothing is connected or created before `ensureReady`. */
export function createObjectStore(options: StorageOptions): ObjectStore {
  return options.adapter === 'filesystem'
    ? new FilesystemObjectStore(options.root)
    : new S3ObjectStore(options);
}
