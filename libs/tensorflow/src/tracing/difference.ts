import { operationKey, valueKey, type Recording, type Value } from './recording.js';

/** The first thing in which two recordings of a step differ, in words; undefined when there is none. */
export function firstDifference(one: Recording, other: Recording): string | undefined {
  for (let index = 0; index < Math.max(one.operations.length, other.operations.length); index += 1) {
    const [before, after] = [one.operations[index], other.operations[index]];
    if (before === undefined) return `it went on with ${after!.name}`;
    if (after === undefined) return `it left out ${before.name}`;
    if (before.name !== after.name) return `${after.name} instead of ${before.name}`;
    if (operationKey(before) !== operationKey(after))
      return `${before.name} was given another constant or value`;
  }
  if (one.outputs.length !== other.outputs.length) return 'it returned another number of tensors';
  const output = one.outputs.findIndex(({ value }, index) => !same(value, other.outputs[index]!.value));
  if (output >= 0) return `its output ${output} was another constant or value`;
  const assigned = new Set([...one.assignments.keys(), ...other.assignments.keys()]);
  for (const index of assigned) {
    if (!same(one.assignments.get(index), other.assignments.get(index)))
      return `variable ${index} was assigned something else`;
  }
  return undefined;
}

function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return valueKey(one) === valueKey(other);
}
