import type * as tf from '@tensorflow/tfjs-core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeSavedModel, type Node } from '../graph/wire.js';
import { nativeBackend } from './backend.js';

const TAG = 'train';

/** A TensorFlow session on a graph. TensorFlow.js opens sessions on SavedModels only, so the graph passes through a file. */
export class NativeSession {
  readonly #id: number;
  #open = true;

  /** @throws {Error} with TensorFlow's reason when the graph is not valid */
  constructor(nodes: readonly Node[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'epochal-graph-'));
    try {
      writeFileSync(path.join(folder, 'saved_model.pb'), encodeSavedModel(nodes, TAG));
      this.#id = nativeBackend().loadSavedModelMetaGraph(folder, TAG);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /**
   * Runs what the fetched nodes depend on, to the end.
   * @param feeds placeholders and their values
   * @param fetches nodes whose first output is returned, in this order
   */
  run(feeds: readonly (readonly [string, tf.Tensor])[], fetches: readonly string[]): tf.Tensor[] {
    if (!this.#open) throw new TypeError('the session is disposed');
    return nativeBackend().runSavedModel(
      this.#id,
      feeds.map(([, tensor]) => tensor),
      feeds.map(([name]) => ({ name: `${name}:0` })),
      fetches.map((name) => `${name}:0`),
    );
  }

  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    nativeBackend().deleteSavedModel(this.#id);
  }
}
