import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { ProblemException } from '@epochal/contracts';
import { incomplete } from './file-stream.js';

const FIELD = 'file';

export interface FormFile<Result> {
  readonly result: Result;
  /** As the form says. */
  readonly filename: string | undefined;
}

/**
 * Reads a form (multipart/form-data) with one field `file`, whose content is handed on while it arrives.
 *
 * @throws ProblemException `invalid_request` for another form, `upload_incomplete`; and whatever `consume` throws
 */
export async function readFormFile<Result>(
  headers: IncomingHttpHeaders,
  source: AsyncIterable<Buffer>,
  consume: (content: AsyncIterable<Buffer>) => Promise<Result>,
): Promise<FormFile<Result>> {
  const stopping = new AbortController();
  let file: Promise<FormFile<Result>> | undefined;
  let content: BusboyFileStream | undefined;
  const form = openForm(headers);
  // What breaks form or part comes out of the promises below; later errors, of a form that was given up, matter to nobody.
  form.on('error', () => undefined);
  form.on('file', (field: string, part: BusboyFileStream, filename: string | undefined) => {
    if (field !== FIELD || content) {
      part.resume();
      stopping.abort(otherForm(field === FIELD ? 'is there twice' : `is called "${field}"`));
      return;
    }
    content = part.on('error', () => undefined);
    file = consume(part).then((result) => ({ result, filename: filename || undefined }));
    // Else the form would wait for its content to be read.
    file.catch((error: unknown) => stopping.abort(error));
  });
  try {
    await pipeline(source, form, { signal: stopping.signal });
  } catch (error) {
    // The form does not end its parts when it breaks off. Nobody works on one any more when the answer goes out.
    content?.destroy(incomplete(error));
    await Promise.allSettled([file]);
    const reason: unknown = stopping.signal.reason;
    throw reason instanceof Error ? reason : incomplete(error);
  }
  if (!file) throw otherForm('is missing');
  return file;
}

function openForm(headers: IncomingHttpHeaders) {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      isPartAFile: (field, _type, filename) => field === FIELD || filename !== undefined,
      limits: { fields: 20, fieldSize: 1_000, parts: 25, headerPairs: 50 },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProblemException('unsupported_media_type', `The form cannot be read: ${reason}.`);
  }
}

const otherForm = (message: string): ProblemException =>
  new ProblemException('invalid_request', 'The form is not one with the file in a field "file".', [
    { pointer: `/${FIELD}`, message, expected: 'one field "file" with the file (curl -F file=@data.csv)' },
  ]);
