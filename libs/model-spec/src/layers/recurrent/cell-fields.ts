import { z } from 'zod';
import { fraction, positiveInteger, seed } from '../../catalogue/fields.js';
import { activationField } from '../activation-field.js';
import { weightFields } from '../weight-fields.js';

/** Config keys that every recurrent cell has, and the layer that runs it over time (keras/src/layers/rnn). */
const cellFields = {
  units: positiveInteger,
  activation: activationField('activation', 'tanh'),
  use_bias: z.boolean().default(true),
  ...weightFields('kernel', 'glorot_uniform'),
  ...weightFields('recurrent', 'orthogonal'),
  ...weightFields('bias', 'zeros'),
  dropout: fraction.default(0),
  recurrent_dropout: fraction.default(0),
  seed,
};

const recurrentActivation = activationField('recurrent_activation', 'sigmoid');

export const simpleRnnFields = cellFields;
export const lstmFields = {
  ...cellFields,
  recurrent_activation: recurrentActivation,
  unit_forget_bias: z.boolean().default(true),
};
export const gruFields = {
  ...cellFields,
  recurrent_activation: recurrentActivation,
  reset_after: z.boolean().default(true),
};

const stateful = z
  .literal(false, {
    error:
      'expected false: batches are shuffled and each step stands alone, so that no state is kept from one batch to the next. ' +
      'Give longer sequences, or an initial_state',
  })
  .default(false);

/** Config keys of a layer that runs a cell over time. `unroll` changes how Keras computes, not what. */
export const sequenceFields = {
  return_sequences: z.boolean().default(false),
  return_state: z.boolean().default(false),
  go_backwards: z.boolean().default(false),
  stateful,
  unroll: z.boolean().default(false),
  zero_output_for_mask: z.boolean().default(false),
};
