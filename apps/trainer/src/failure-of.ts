import type { Failure } from '@epochal/contracts';
import { InvalidDataError } from '@epochal/datasets';
import { ConfigError, ModelDefinitionError, ShapeError, UnknownNameError } from '@epochal/model-spec';
import { GraphExecutionError, TensorFlowUnavailableError } from '@epochal/tensorflow';
import { TrainingError } from '@epochal/training';

const user = (code: string, message: string): Failure => ({ category: 'user', code, message });
const machine = (code: string, message: string): Failure => ({ category: 'infrastructure', code, message });

/** Which error of the file system means that the disk is full, or that its quota is. */
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** How TensorFlow says that a tensor does not fit into memory. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  /\bOOM when allocating|RESOURCE_EXHAUSTED|Array buffer allocation failed/.test(error.message);

/**
 * What an error means to the user: their own to mend, or the machine's. Null for a mistake in this program, which ends with its
 * stack in the log and an exit code.
 */
export const failureOf = (error: unknown): Failure | null => {
  if (error instanceof TrainingError) return user(error.code, error.message);
  if (error instanceof UnknownNameError || error instanceof ConfigError)
    return user('invalid_compile', error.message);
  if (error instanceof InvalidDataError) return user('invalid_data', error.message);
  if (error instanceof ModelDefinitionError || error instanceof ShapeError)
    return user('invalid_model', error.message);
  if (isOutOfMemory(error))
    return user(
      'out_of_memory',
      'The machine has too little memory for this training: try a smaller batch_size or model.',
    );
  // Steps were traced before, so what fails now are values: an index that an Embedding has no row for, a class out of range.
  if (error instanceof GraphExecutionError)
    return user('invalid_values', `TensorFlow cannot compute with these values: ${error.message}`);
  if (isDiskFull(error))
    return machine('storage_full', 'The disk is full: a checkpoint could not be written.');
  if (error instanceof TensorFlowUnavailableError) return machine('tensorflow_unavailable', error.message);
  return null;
};
