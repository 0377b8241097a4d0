import { toWireNumber, type Logs } from '@epochal/contracts';
import type { LogValues } from '../callbacks/callback.js';

/** Logs as they go over the wire, where NaN and infinities are words. */
export const toWireLogs = (logs: LogValues): Logs =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [name, toWireNumber(value)]));
