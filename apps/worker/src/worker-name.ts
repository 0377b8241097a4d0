import { randomBytes } from 'node:crypto';
import os from 'node:os';

/** The configured name, or one that no other worker has. */
export const workerName = (configured: string | undefined): string =>
  configured ??
  `${os.hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`;
