import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface Digest {
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** Counts and digests bytes as they pass. */
export class Digester {
  readonly #hash = createHash('sha256');
  #size = 0;

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  /** Of all bytes so far; to be called once. */
  end(): Digest {
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }
}

export function digestOf(bytes: Uint8Array): Digest {
  const digester = new Digester();
  digester.update(bytes);
  return digester.end();
}

/** Reads a file to its end, in constant memory. */
export async function digestFile(path: string): Promise<Digest> {
  const digester = new Digester();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    digester.update(chunk);
  }
  return digester.end();
}
