/** No object is stored under the key. */
export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';

  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`no object is stored under ${key}`, options);
  }
}

/** Why a store can't be used. */
export type UnavailableReason =
  'unreachable' | 'timeout' | 'busy' | 'credentials' | 'bucket' | 'permission' | 'other';

/** The store can't be used now: unreachable, refusing the credentials, without its bucket or folder. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';

  constructor(
    readonly reason: UnavailableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The store has no room for the object. Nothing of it was kept. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What is stored is not what was written: its size or digest differs, or no digest was recorded. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';

  constructor(
    readonly key: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`object ${key} ${message}`, options);
  }
}

/** A key, or a prefix of keys, breaks the rules for keys. A mistake of the caller, never of a user. */
export class InvalidObjectKeyError extends Error {
  override readonly name = 'InvalidObjectKeyError';

  constructor(
    readonly key: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`object key ${JSON.stringify(key)} ${message}`, options);
  }
}

/** The asked bytes lie outside of the object. */
export class InvalidRangeError extends Error {
  override readonly name = 'InvalidRangeError';

  constructor(
    readonly key: string,
    range: string,
    options?: ErrorOptions,
  ) {
    super(`bytes ${range} lie outside of object ${key}`, options);
  }
}
