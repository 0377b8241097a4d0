import os from 'node:os';
import path from 'node:path';

/** The folder for what is downloaded or built once a user, shared by all checkouts; `EPOCHAL_CACHE_DIR` moves it. */
export function cacheDirectory(env = process.env) {
  if (env.EPOCHAL_CACHE_DIR) return path.resolve(env.EPOCHAL_CACHE_DIR);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'epochal');
}
