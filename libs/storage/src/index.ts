export { createObjectStore, type StorageOptions } from './create-object-store.js';
export {
  IntegrityError,
  InvalidObjectKeyError,
  InvalidRangeError,
  ObjectNotFoundError,
  StorageFullError,
  StorageUnavailableError,
  type UnavailableReason,
} from './errors.js';
export { objectKeys, objectPrefixes } from './object-keys.js';
export type {
  ByteRange,
  ListedObject,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from './object-store.js';
