import type { JsonObject, Shape } from '@epochal/contracts';
import { ShapeError } from '../../layer-definition.js';
import { formatShape, requireRank } from '../shape-rules.js';

export interface Attended {
  readonly query: Shape;
  readonly value: Shape;
  /** The value where no key is given. */
  readonly key: Shape;
}

/** The inputs of an attention layer: query and value, or query, value and key. @throws ShapeError */
export function attendedInputs(className: string, inputs: readonly Shape[]): Attended {
  const [query, value, key = value] = inputs;
  if (query === undefined || value === undefined || key === undefined || inputs.length > 3) {
    throw new ShapeError(
      `${className} takes a query and a value, and a key if it is another than the value; received ${inputs.length} inputs`,
    );
  }
  for (const input of [query, value, key]) requireRank(className, input, 3);
  const inner = (shape: Shape) => formatShape(shape.slice(1, -1));
  if (inner(value) !== inner(key)) {
    throw new ShapeError(
      `${className} takes a value and a key that differ in their last axis only; received ${formatShape(value)} and ${formatShape(key)}`,
    );
  }
  return { query, value, key };
}

export const returnsScores = (keywordArguments: JsonObject): boolean =>
  keywordArguments['return_attention_scores'] === true;
