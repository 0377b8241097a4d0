import { DataTypeNumber } from '../native/backend.js';
import { control, type GraphWriter } from './graph-writer.js';

/** A value that each round of a loop hands to the next. */
export interface Carried {
  /** At the start of a round; dead, in TensorFlow's sense, once the loop has ended. */
  readonly body: string;
  /** After the last round. */
  readonly exit: string;
  next(value: string): void;
}

/**
 * A while loop in a graph, drawn with TensorFlow's control-flow operations (Enter, Merge, Switch, NextIteration, Exit). One round
 * starts when the one before has ended. It counts from `first` in strides up to `end`.
 */
export class LoopFrame {
  /** The counter in this round, int32 scalar. */
  readonly counter: string;
  /** Names the end of the loop: all rounds, assignments too, are over. */
  readonly ended: string;
  readonly #entered = new Map<string, string>();
  readonly #condition: string;
  readonly #position: Carried;

  constructor(
    readonly graph: GraphWriter,
    readonly prefix: string,
    first: string,
    end: string,
  ) {
    this.#condition = `${prefix}/condition`;
    this.#position = this.carry('position', first, DataTypeNumber.int32);
    const limit = this.enter(end, DataTypeNumber.int32);
    const less = graph.add('Less', `${prefix}/less`, [`${prefix}/position/merge`, limit], {
      T: { type: DataTypeNumber.int32 },
    });
    graph.add('LoopCond', this.#condition, [less]);
    this.counter = graph.add('Identity', `${prefix}/counter`, [this.#position.body], {
      T: { type: DataTypeNumber.int32 },
    });
    this.ended = this.#position.exit;
  }

  /** A value from outside that stays the same in all rounds. */
  enter(value: string, dtype: number): string {
    const known = this.#entered.get(value);
    if (known !== undefined) return known;
    const node = this.#enter(`${this.prefix}/enter${this.#entered.size}`, value, dtype, true);
    this.#entered.set(value, node);
    return node;
  }

  /** Declares a carried value; `next` must be called once on what comes back. */
  carry(name: string, initial: string, dtype: number): Carried {
    const { graph } = this;
    const place = `${this.prefix}/${name}`;
    const type = { T: { type: dtype } };
    const entered = this.#enter(`${place}/enter`, initial, dtype, false);
    const merge = graph.add('Merge', `${place}/merge`, [entered, `${place}/next`], {
      ...type,
      N: { int: 2 },
    });
    const branches = graph.add('Switch', `${place}/switch`, [merge, this.#condition], type);
    return {
      body: `${branches}:1`,
      exit: graph.add('Exit', `${place}/exit`, [branches], type),
      // The control edge ends the loop for values that don't depend on the round: they'd go round forever.
      next: (value) => void graph.add('NextIteration', `${place}/next`, [value, control(this.counter)], type),
    };
  }

  /** Ends the round once `after` has run. */
  advance(stride: string, after: readonly string[]): void {
    const type = { T: { type: DataTypeNumber.int32 } };
    const step = this.enter(stride, DataTypeNumber.int32);
    const sum = this.graph.add('AddV2', `${this.prefix}/advance`, [this.counter, step], type);
    const ready = this.graph.add('Identity', `${this.prefix}/ready`, [sum, ...after.map(control)], type);
    this.#position.next(ready);
  }

  #enter(name: string, value: string, dtype: number, same: boolean): string {
    return this.graph.add('Enter', name, [value], {
      T: { type: dtype },
      frame_name: { string: this.prefix },
      is_constant: { bool: same },
      parallel_iterations: { int: 1 },
    });
  }
}
