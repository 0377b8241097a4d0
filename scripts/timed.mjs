/**
 * Does a step, and prints its title with its seconds when it has ended.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @param {(line: string) => void} print
 * @returns {Promise<T>}
 */
export async function timed(title, work, print) {
  const started = performance.now();
  const result = await work();
  print(`${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return result;
}
