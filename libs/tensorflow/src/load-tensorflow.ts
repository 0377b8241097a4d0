import * as tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import util from 'node:util';
import { TensorFlowUnavailableError } from './errors.js';
import { nativeBackend } from './native/backend.js';
import { replaceCastKernel } from './native/cast-kernel.js';
import { replaceGatherKernel } from './native/gather-kernel.js';

export interface ThreadCounts {
  /** Threads that share the work of one operation, such as a large matrix product. */
  readonly intraOp: number;
  /** Operations that run at the same time. */
  readonly interOp: number;
}

export interface LoadOptions {
  /**
   * Thread counts for this process. The default, all cores, suits large models; tiny ones (a few thousand weights) run about
   * twice as fast with one of each.
   */
  readonly threads?: ThreadCounts;
  /**
   * Which CPU kernels compute; `eigen` by default: a traced step then gives the bits of the eager one. `onednn` is half as fast again
   * on convolutions and a fifth slower on tiny models, and rewrites graphs, so that some steps (attention) differ in
   * last bits when traced.
   */
  readonly cpuKernels?: 'eigen' | 'onednn';
}

export interface TensorFlowInfo {
  /** Version of the native library, such as `2.21.0`. */
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** Absent where TensorFlow chooses by itself. */
  readonly threads: ThreadCounts | undefined;
}

let loaded: TensorFlowInfo | undefined;

/**
 * Loads native TensorFlow into this process and makes it the backend of `@tensorflow/tfjs-core`. Later calls return the same
 * info. Options can't change once TensorFlow is loaded.
 * @throws {TensorFlowUnavailableError} when it isn't installed or can't be loaded
 * @throws {RangeError} for thread counts that aren't positive integers, or that differ from those it was loaded with
 */
export function loadTensorFlow(options: LoadOptions = {}): TensorFlowInfo {
  if (loaded !== undefined) {
    if (options.threads !== undefined) checkSameThreads(options.threads, loaded.threads);
    return loaded;
  }
  setEnvironment(options);
  restoreRemovedNodeFunction();
  requireTensorFlowJs();
  const { binding } = nativeBackend();
  replaceCastKernel();
  replaceGatherKernel();
  loaded = {
    version: binding.TF_Version,
    device: binding.isUsingGpuDevice() ? 'gpu' : 'cpu',
    threads: options.threads,
  };
  return loaded;
}

// TensorFlow reads these once, when its library is loaded.
function setEnvironment({ threads, cpuKernels = 'eigen' }: LoadOptions): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  process.env['TF_ENABLE_ONEDNN_OPTS'] = cpuKernels === 'onednn' ? '1' : '0';
  if (threads === undefined) return;
  for (const [name, count] of Object.entries(threads)) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`threads.${name} must be a positive integer, not ${String(count)}`);
    }
  }
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads.intraOp);
  process.env['TF_NUM_INTEROP_THREADS'] = String(threads.interOp);
}

function checkSameThreads(wanted: ThreadCounts, actual: ThreadCounts | undefined): void {
  if (actual?.intraOp === wanted.intraOp && actual.interOp === wanted.interOp) return;
  throw new RangeError('TensorFlow is already loaded with other thread counts; they are fixed for a process');
}

// TensorFlow.js 4.22 calls util.isNullOrUndefined and util.isArray, which Node 23 removed.
function restoreRemovedNodeFunction(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, replacement] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value: replacement });
  }
}

function requireTensorFlowJs(): void {
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    throw new TensorFlowUnavailableError(explain(error), { cause: error });
  }
  if (tf.getBackend() !== 'tensorflow') {
    throw new TensorFlowUnavailableError(
      `it registered with another copy of @tensorflow/tfjs-core, whose backend here is "${tf.getBackend()}".`,
    );
  }
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('tfjs_binding.node) can not be found')) return 'it is not installed.';
  return `${message.split('\n', 1)[0]?.replace(/\.?$/, '.') ?? 'an unknown reason.'}`;
}
