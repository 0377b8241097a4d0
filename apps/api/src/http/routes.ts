import type { FastifyInstance } from 'fastify';

/** Every route that is registered, to tell a wrong method from a wrong address. */
export class Routes {
  readonly #methods = new Map<string, Set<string>>();

  /** Notes the routes that are registered from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      const methods = this.#methods.get(url) ?? new Set();
      for (const one of [method].flat()) methods.add(one);
      this.#methods.set(url, methods);
    });
  }

  /** The methods that exist at an address, such as `/v1/jobs/job_…?limit=1`; none when there is nothing. */
  methodsAt(address: string): string[] {
    const path = address.split('?', 1)[0] ?? '';
    const matching = [...this.#methods].filter(([pattern]) => matches(pattern, path));
    return [...new Set(matching.flatMap(([, methods]) => [...methods]))].toSorted();
  }
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const given = path.split('/');
  if (pattern.includes('*')) return false;
  return (
    expected.length === given.length &&
    expected.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}
