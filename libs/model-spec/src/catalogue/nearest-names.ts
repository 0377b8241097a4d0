import { distance } from 'fastest-levenshtein';

const LIMIT = 3;

/**
 * The names most like `value` by edit distance without regard to case, best first; none when nothing is near.
 * @param identity what a name stands for: of several names for one thing only the nearest is given
 */
export function nearestNames(
  value: string,
  names: Iterable<string>,
  identity: (name: string) => unknown = (name) => name,
): string[] {
  const wanted = value.toLowerCase();
  const tolerance = Math.max(2, Math.floor(wanted.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= tolerance)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .filter((candidate, index, all) => {
      const first = all.findIndex((other) => identity(other.name) === identity(candidate.name));
      return first === index;
    })
    .slice(0, LIMIT)
    .map(({ name }) => name);
}
