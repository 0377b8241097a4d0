import { Readable } from 'node:stream';
import { ProblemException } from '@epochal/contracts';

/**
 * A file as it arrives, as a stream that fails when the client goes away before its end or when there is more than is taken.
 * Destroying it leaves the connection that it comes over open.
 *
 * The stream fails with ProblemException `upload_incomplete` or `payload_too_large`.
 */
export const fileStream = (source: AsyncIterable<Buffer>, maxBytes: number): Readable =>
  Readable.from(limited(source, maxBytes), { objectMode: false, highWaterMark: 2 ** 20 });

async function* limited(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of incompleteWhenBroken(source)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** Whatever breaks the source, the client did not send all. */
async function* incompleteWhenBroken(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) yield chunk;
  } catch (error) {
    throw incomplete(error);
  }
}

export const tooLarge = (maxBytes: number): ProblemException =>
  new ProblemException(
    'payload_too_large',
    `The file is larger than ${maxBytes} bytes, the most that is taken.`,
  );

export const incomplete = (cause: unknown): ProblemException =>
  new ProblemException(
    'upload_incomplete',
    'The upload ended before the whole file was received; nothing of it was kept.',
    undefined,
    { cause },
  );
