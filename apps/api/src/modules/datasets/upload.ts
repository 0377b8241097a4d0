import type { Readable } from 'node:stream';
import { ProblemException } from '@epochal/contracts';
import type { FastifyRequest } from 'fastify';
import { fileStream, tooLarge } from './file-stream.js';
import { type FormFile, readFormFile } from './form-file.js';

/** A form is larger than its file, but not by much. */
const FORM_OVERHEAD_BYTES = 65_536;
const DISCARD_MS = 10_000;

/**
 * Hands on the file that a request carries, as its body or in a form, while it arrives.
 *
 * @throws ProblemException `payload_too_large`, `upload_incomplete`, `unsupported_media_type`, `invalid_request`; and
 *   whatever `consume` throws
 */
export async function readUpload<Result>(
  request: FastifyRequest,
  maxBytes: number,
  consume: (file: Readable) => Promise<Result>,
): Promise<FormFile<Result>> {
  const { headers, raw } = request;
  const consumeLimited = (content: AsyncIterable<Buffer>) => consume(fileStream(content, maxBytes));
  try {
    assertTakable(request, maxBytes);
    // The request is not destroyed when reading it fails: the answer goes out over the same connection.
    const source = raw.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    if (isForm(request)) return await readFormFile(headers, source, consumeLimited);
    return { result: await consumeLimited(source), filename: undefined };
  } catch (error) {
    discardRest(raw);
    throw error;
  }
}

function assertTakable(request: FastifyRequest, maxBytes: number): void {
  const { headers, body } = request;
  if (body === undefined || body === null) {
    throw new ProblemException('unsupported_media_type', 'Send the file as the body, with its Content-Type.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new ProblemException(
      'unsupported_media_type',
      `The Content-Encoding is ${encoding}: send the file as it is.`,
    );
  }
  const overhead = isForm(request) ? FORM_OVERHEAD_BYTES : 0;
  if (Number(headers['content-length'] ?? 0) > maxBytes + overhead) throw tooLarge(maxBytes);
}

const isForm = ({ headers }: FastifyRequest): boolean =>
  /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');

/** A client that still sends would not read the answer. What it sends is thrown away, for a while. */
function discardRest(request: Readable): void {
  if (request.readableEnded || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), DISCARD_MS).unref();
  request.once('close', () => clearTimeout(timer));
  request.on('error', () => undefined).resume();
}
