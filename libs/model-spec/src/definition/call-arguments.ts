import type { JsonObject, JsonValue, ModelDialect } from '@epochal/contracts';
import type { LayerCall, TensorReference } from '../model-description.js';
import { describeValue } from './json-reading.js';
import type { ProblemList } from './problem-list.js';
import { tensorsOf, type WrittenCall, type WrittenLayer } from './written-call.js';

const RECURRENT = ['sequences', 'initial_state', 'mask'];

/** Parameters of `call`, in order, for the classes that take tensors in more than the first. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  RNN: RECURRENT,
  LSTM: RECURRENT,
  GRU: RECURRENT,
  SimpleRNN: RECURRENT,
  ConvLSTM1D: RECURRENT,
  ConvLSTM2D: RECURRENT,
  ConvLSTM3D: RECURRENT,
  Bidirectional: RECURRENT,
  MultiHeadAttention: ['query', 'value', 'key'],
  GroupQueryAttention: ['query', 'value', 'key'],
};

/** Parameters whose tensors count as the layer's inputs, in this order, however they are given. */
const isInput = (className: string, index: number): boolean =>
  index === 0 || (PARAMETERS[className] !== RECURRENT && className in PARAMETERS);

interface Collected {
  readonly inputs: Map<number, readonly TensorReference[]>;
  readonly keywordInputs: Record<string, readonly TensorReference[]>;
  readonly keywordArguments: JsonObject;
}

const addPositional = (
  layer: WrittenLayer,
  call: WrittenCall,
  parameters: readonly string[],
  to: Collected,
  problems: ProblemList,
): void => {
  for (const [index, argument] of call.positional.entries()) {
    const parameter = parameters[index];
    if ('literal' in argument) {
      if (argument.literal === null) continue;
      if (index > 0 && parameter !== undefined) to.keywordArguments[parameter] = argument.literal;
      else {
        const message = index === 0 ? 'is called on a constant' : 'is given a constant that has no name';
        problems.add(call.path, `The layer ${layer.name} ${message}`, {
          layer: layer.name,
          expected: index === 0 ? 'the output of a layer' : 'a keyword argument',
          received: describeValue(argument.literal),
        });
      }
    } else if (isInput(layer.className, index)) to.inputs.set(index, argument.tensors);
    else if (parameter !== undefined) to.keywordInputs[parameter] = argument.tensors;
    else to.inputs.set(index, argument.tensors);
  }
};

const addKeywords = (
  layer: WrittenLayer,
  call: WrittenCall,
  parameters: readonly string[],
  dialect: ModelDialect,
  to: Collected,
): void => {
  for (const [name, argument] of Object.entries(call.keyword)) {
    const index = name === 'inputs' ? 0 : parameters.indexOf(name);
    const tensors = tensorsOf(argument);
    if (tensors.length > 0) {
      if (index >= 0 && isInput(layer.className, index)) to.inputs.set(index, tensors);
      else to.keywordInputs[name] = tensors;
      continue;
    }
    const value: JsonValue = 'literal' in argument ? argument.literal : null;
    // In Keras 3 the mode of the model overrules the mode that a layer was called with.
    if (value === null || (name === 'training' && dialect === 'keras_3')) continue;
    to.keywordArguments[name] = value;
  }
};

/** Keras 2 writes the initial state of a recurrent layer behind its first input. */
const splitInitialState = (
  className: string,
  inputs: readonly TensorReference[],
  keywordInputs: Record<string, readonly TensorReference[]>,
  dialect: ModelDialect,
): TensorReference[] => {
  if (dialect === 'keras_3' || PARAMETERS[className] !== RECURRENT || inputs.length < 2) return [...inputs];
  keywordInputs.initial_state = inputs.slice(1);
  return inputs.slice(0, 1);
};

/** Sorts the arguments of a call into inputs, further tensors and other arguments, by the class's signature in Keras. */
export const readCallArguments = (
  layer: WrittenLayer,
  call: WrittenCall,
  dialect: ModelDialect,
  problems: ProblemList,
): LayerCall => {
  const parameters = PARAMETERS[layer.className] ?? ['inputs'];
  const collected: Collected = { inputs: new Map(), keywordInputs: {}, keywordArguments: {} };
  addPositional(layer, call, parameters, collected, problems);
  addKeywords(layer, call, parameters, dialect, collected);
  const ordered = [...collected.inputs.entries()].toSorted(([a], [b]) => a - b);
  const inputs = ordered.flatMap(([, tensors]) => tensors);
  return {
    inputs: splitInitialState(layer.className, inputs, collected.keywordInputs, dialect),
    keywordInputs: collected.keywordInputs,
    keywordArguments: collected.keywordArguments,
    ...(call.mask === undefined ? {} : { mask: call.mask }),
  };
};
