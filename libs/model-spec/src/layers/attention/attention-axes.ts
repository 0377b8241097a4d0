/**
 * The axes that attention is applied to, counted from the front; all but the batch and the features when none are given.
 * @param rank of the value
 */
export function attentionAxes(axes: readonly number[] | null, rank: number): number[] {
  if (axes === null) return Array.from({ length: rank - 2 }, (_, index) => index + 1);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}
