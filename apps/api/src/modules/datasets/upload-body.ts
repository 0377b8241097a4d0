const CSV = { contentMediaType: 'text/csv' };

/** The body of an upload, as OpenAPI 3.1 describes bytes. */
export const UPLOAD_BODY = {
  description: 'A CSV file (UTF-8; comma, semicolon or tab; a header line), as the body or in a form',
  required: true,
  content: {
    'text/csv': { schema: CSV },
    'application/octet-stream': { schema: CSV },
    'multipart/form-data': {
      schema: { type: 'object', properties: { file: { type: 'string', ...CSV } }, required: ['file'] },
    },
  },
};
