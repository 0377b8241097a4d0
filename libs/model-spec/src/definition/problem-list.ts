import { jsonPointer } from '@epochal/contracts';
import { ModelDefinitionError, type ModelProblem } from './model-definition-error.js';

export type JsonPath = readonly (string | number)[];

/** Collects what is wrong while reading goes on, so that one answer names as much as possible. */
export class ProblemList {
  readonly #problems: ModelProblem[] = [];

  get size(): number {
    return this.#problems.length;
  }

  /** @param where a path, or a pointer that was made before. */
  add(
    where: JsonPath | string,
    message: string,
    details: Omit<ModelProblem, 'pointer' | 'message'> = {},
  ): void {
    const pointer = typeof where === 'string' ? where : jsonPointer(where);
    this.#problems.push({ pointer, message, ...details });
  }

  /** @throws ModelDefinitionError with all that was collected, if anything was. */
  throwIfAny(): void {
    if (this.size > 0) throw new ModelDefinitionError([...this.#problems]);
  }
}
