import { fstatSync } from 'node:fs';

const errorCode = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : null;

/**
 * Whether the process was started with this descriptor open. One that was not may have been taken by Node itself, for its epoll and
 * its signal pipe; Node opens its epoll first, so the first free descriptor tells.
 */
export const isInherited = (descriptor: number): boolean => {
  try {
    const stats = fstatSync(descriptor);
    return stats.isSocket() || stats.isFIFO() || stats.isFile() || stats.isCharacterDevice();
  } catch (error) {
    if (errorCode(error) === 'EBADF') return false;
    throw error;
  }
};

/** Whether it is one that ends when whoever holds its other end is gone. */
export const isPipe = (descriptor: number): boolean => {
  const stats = fstatSync(descriptor);
  return stats.isSocket() || stats.isFIFO();
};
