import { UntraceableError } from '../errors.js';
import {
  DataTypeNumber,
  type NativeAttribute,
  type NativeBinding,
  type NativeTensor,
  type NativeValues,
} from '../native/backend.js';
import { constantOf } from './constants.js';
import { operationKey, type RecordedOperation, type Value } from './recording.js';
import { refusalOf } from './refusals.js';

// Results of constants alone become constants when they are small; larger ones are cheaper to compute than to keep.
const LARGEST_FOLDED = 4096;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(DataTypeNumber).map(([name, number]) => [number, name]),
);
const FOLDED_TYPES: ReadonlySet<number> = new Set([
  DataTypeNumber.float32,
  DataTypeNumber.int32,
  DataTypeNumber.bool,
]);

/** Follows native tensors by their ids, which the binding never uses twice, while a step runs. */
export class Recorder {
  readonly operations: RecordedOperation[] = [];
  /** The first refusal: kept, since the step might catch what is thrown. */
  failure: UntraceableError | undefined;

  readonly #values = new Map<number, Value>();
  readonly #performed = new Map<string, readonly Value[]>();

  /**
   * @param native the real binding
   * @param origins the native ids of inputs and variables
   * @param foreign native ids of variables that the program does not list, and their names
   */
  constructor(
    readonly native: NativeBinding,
    origins: ReadonlyMap<number, Value>,
    readonly foreign: ReadonlyMap<number, string>,
  ) {
    for (const [id, value] of origins) this.#values.set(id, value);
  }

  /** A binding that works as the real one and records what passes through it. */
  binding(): NativeBinding {
    return Object.create(this.native, {
      executeOp: { value: this.#executeOperation.bind(this) },
      createTensor: { value: this.#createTensor.bind(this) },
      tensorDataSync: { value: this.#readBack.bind(this) },
    }) as NativeBinding;
  }

  /** Where the tensor with this native id came from; a tensor from outside of the step becomes a constant. */
  valueOf(id: number): Value {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const variable = this.foreign.get(id);
    if (variable !== undefined) {
      this.refuse(`it uses the variable "${variable}", which is not among the program's variables.`);
    }
    const [copy] = this.native.executeOp('Identity', [], [id], 1) as [NativeTensor];
    const value = this.#constant(copy.dtype, copy.shape, this.native.tensorDataSync(copy.id));
    this.native.deleteTensor(copy.id);
    this.#values.set(id, value);
    return value;
  }

  refuse(reason: string | UntraceableError): never {
    const error = typeof reason === 'string' ? new UntraceableError(reason) : reason;
    this.failure ??= error;
    throw error;
  }

  #executeOperation(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[] {
    const refusal = refusalOf(name);
    if (refusal !== undefined) this.refuse(refusal);
    const operation = {
      name,
      attributes: structuredClone(attributes),
      inputs: inputs.map((id) => this.valueOf(id)),
    };
    const results = this.native.executeOp(name, attributes, inputs, outputs);
    if (results.length === 0 || results.some(({ dtype }) => dtype === DataTypeNumber.resource)) {
      this.refuse(`${name} has an effect outside of the step.`);
    }
    const values = this.#fold(operation.inputs, results) ?? this.#perform(operation, results);
    results.forEach(({ id }, output) => this.#values.set(id, values[output]!));
    return results;
  }

  /** The results as constants, if they follow from constants: what the kernel returned just now is what it always returns. */
  #fold(inputs: readonly Value[], results: readonly NativeTensor[]): Value[] | undefined {
    if (!inputs.every(({ from }) => from === 'constant')) return undefined;
    const foldable = ({ dtype, shape }: NativeTensor) =>
      FOLDED_TYPES.has(dtype) && shape.reduce((size, length) => size * length, 1) <= LARGEST_FOLDED;
    if (!results.every(foldable)) return undefined;
    return results.map(({ id, dtype, shape }) =>
      this.#constant(dtype, shape, this.native.tensorDataSync(id)),
    );
  }

  /** Adds the operation, unless the same was already done to the same values. */
  #perform(
    operation: Omit<RecordedOperation, 'outputs'>,
    results: readonly NativeTensor[],
  ): readonly Value[] {
    const key = operationKey(operation);
    const performed = this.#performed.get(key);
    if (performed !== undefined) return performed;
    const index = this.operations.length;
    const outputs = results.map(({ dtype, shape }) => ({ dtype, shape: [...shape] }));
    this.operations.push({ ...operation, outputs });
    const values = outputs.map((_, output): Value => ({ from: 'operation', index, output }));
    this.#performed.set(key, values);
    return values;
  }

  #createTensor(shape: readonly number[], dtype: number, values: NativeValues): number {
    const id = this.native.createTensor(shape, dtype, values);
    this.#values.set(id, this.#constant(dtype, shape, values));
    return id;
  }

  #readBack(id: number): ReturnType<NativeBinding['tensorDataSync']> {
    const value = this.valueOf(id);
    if (value.from !== 'constant') {
      this.refuse(
        `it reads ${this.#describe(value)} back to JavaScript (dataSync, arraySync, print or a condition).`,
      );
    }
    return this.native.tensorDataSync(id);
  }

  #constant(dtype: number, shape: readonly number[], values: Parameters<typeof constantOf>[2]): Value {
    const constant = constantOf(dtype, shape, values);
    if (constant === undefined) this.refuse('it uses a string tensor.');
    return { from: 'constant', constant };
  }

  #describe(value: Value): string {
    if (value.from !== 'operation') return `${value.from} ${String('index' in value ? value.index : '')}`;
    const operation = this.operations[value.index]!;
    const { dtype, shape } = operation.outputs[value.output]!;
    return `the result of ${operation.name} (${TYPE_NAMES.get(dtype) ?? 'unknown'} of shape [${shape.join(', ')}])`;
  }
}
