import { DataTypeNumber } from '../native/backend.js';
import { constantOf } from '../tracing/constants.js';
import type { Constant } from '../tracing/recording.js';
import type { AttributeValue, Node } from './wire.js';

/** Collects the nodes of a graph. Names are the caller's to keep apart; equal constants share one node. */
export class GraphWriter {
  readonly nodes: Node[] = [];
  readonly #names = new Set<string>();
  readonly #constants = new Map<string, string>();

  /** Adds a node and returns its name, which also stands for its first output. */
  add(
    operation: string,
    name: string,
    inputs: readonly string[] = [],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    if (this.#names.has(name)) throw new TypeError(`the graph has a node "${name}" already`);
    this.#names.add(name);
    this.nodes.push({ operation, name, inputs, attributes });
    return name;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** A node with this value, outside of any loop. */
  constant(constant: Constant): string {
    const known = this.#constants.get(constant.key);
    if (known !== undefined) return known;
    const name = this.add('Const', `constant${this.#constants.size}`, [], {
      dtype: { type: constant.dtype },
      value: { tensor: constant },
    });
    this.#constants.set(constant.key, name);
    return name;
  }

  int32(shape: readonly number[], ...values: readonly number[]): string {
    return this.constant(constantOf(DataTypeNumber.int32, shape, Int32Array.from(values))!);
  }

  /** A value that is there once the given nodes have run, for fetching. */
  signal(name: string, after: readonly string[]): string {
    const tensor = { dtype: DataTypeNumber.bool, shape: [], bytes: Uint8Array.of(1) };
    return this.add('Const', name, after.map(control), {
      dtype: { type: DataTypeNumber.bool },
      value: { tensor },
    });
  }
}

/** A control edge: run after that node. */
export function control(node: string): string {
  return `^${node.replace(/:\d+$/, '')}`;
}
