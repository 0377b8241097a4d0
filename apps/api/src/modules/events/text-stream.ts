import { Readable } from 'node:stream';

/** Bytes that wait for a slow reader; beyond, nothing more is produced. */
const BUFFER_BYTES = 16_384;

/**
 * A stream of what a generator yields, pulled as the reader takes it. Unlike `Readable.from`, destroying it says so at once:
 * a generator that waits for something is woken by the signal, and does not have to finish waiting first.
 */
export class TextStream extends Readable {
  readonly #ending = new AbortController();
  readonly #source: AsyncGenerator<string, void>;
  #isPulling = false;

  /** @param produce gets the signal that ends it */
  constructor(produce: (signal: AbortSignal) => AsyncGenerator<string, void>) {
    super({ highWaterMark: BUFFER_BYTES });
    this.#source = produce(this.#ending.signal);
  }

  /** Ends the stream where it is, as its source would. */
  end(): void {
    this.#ending.abort();
  }

  override _read(): void {
    if (this.#isPulling) return;
    this.#isPulling = true;
    this.#pull().then(
      () => (this.#isPulling = false),
      (error: unknown) => this.destroy(toError(error)),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#ending.abort();
    // Woken by the signal, the source has nothing to wait for; how it ends is of no interest any more.
    this.#source.return().catch(() => undefined);
    callback(error);
  }

  async #pull(): Promise<void> {
    for (;;) {
      const result = await this.#source.next();
      if (this.destroyed) return;
      if (result.done) {
        this.push(null);
        return;
      }
      if (!this.push(result.value)) return;
    }
  }
}

const toError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
