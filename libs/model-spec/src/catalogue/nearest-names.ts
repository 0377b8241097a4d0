import { distance } from 'fastest-levenshtein';

const LIMIT = 3;

/** The names most like `value` by edit distance without regard to case, best first; none when nothing is near. */
export function nearestNames(value: string, names: Iterable<string>): string[] {
  const wanted = value.toLowerCase();
  const tolerance = Math.max(2, Math.floor(wanted.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= tolerance)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, LIMIT)
    .map(({ name }) => name);
}
