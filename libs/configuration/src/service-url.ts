import { z } from 'zod';

/** A Postgres connection URL that names a database. */
export function databaseUrl() {
  return z.string().refine((text) => {
    const url = parse(text, ['postgres:', 'postgresql:']);
    return url !== undefined && url.pathname.length > 1;
  });
}

/** A Redis connection URL, plain or with TLS. */
export function redisUrl() {
  return z.string().refine((text) => (parse(text, ['redis:', 'rediss:'])?.hostname ?? '') !== '');
}

/** An HTTP URL, written without a trailing slash; with `path: false` it may only name a scheme, a host and a port. */
export function webUrl({ path }: { path: boolean }) {
  return z
    .string()
    .refine((text) => {
      const url = parse(text, ['http:', 'https:']);
      if (url === undefined || url.search !== '' || url.hash !== '') return false;
      return path || url.pathname === '/';
    })
    .transform((text) => text.replace(/\/+$/, ''));
}

function parse(text: string, protocols: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.includes(url.protocol) ? url : undefined;
}
