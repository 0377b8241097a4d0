import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeApi } from '@epochal/api';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedOperations } from './documented-operations.js';
import { startService, type TestService } from './service.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OPEN = ['getHealth', 'getReadiness'];
type Document = Awaited<ReturnType<typeof describeApi>>;
let document: Document;
beforeAll(async () => {
  document = await describeApi();
});

async function lint(source: unknown): Promise<string[]> {
  // Probes have no client errors.
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } });
  const problems = await lintFromString({
    source: JSON.stringify(source),
    absoluteRef: 'openapi.json',
    config,
  });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1 in the eyes of a linter', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await lint(document)).toEqual([]);
  });

  it('would not pass with bounds as OpenAPI 3.0 wrote them', async () => {
    const text = JSON.stringify(document).replace('"exclusiveMaximum":1', '"exclusiveMaximum":true');
    expect(text).not.toBe(JSON.stringify(document));
    expect(await lint(JSON.parse(text))).not.toEqual([]);
  });

  it('is what is committed as openapi.json', async () => {
    const committed = await readFile(path.join(ROOT, 'openapi.json'), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('names and summarises every operation, once', () => {
    const operations = documentedOperations(document);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of operations) {
      expect(operation).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
        summary: expect.stringMatching(/^[A-Z].*[^.]$/),
        tags: [expect.any(String)],
      });
    }
  });

  it('tells of every operation which problems it can answer', () => {
    for (const { operationId, method, address, responses } of documentedOperations(document)) {
      const errors = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      for (const [, { content, description }] of errors) {
        expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
        expect(description).toMatch(/^`[a-z_]+`: /);
      }
      const statuses = errors.map(([status]) => status);
      if (OPEN.includes(operationId)) continue;
      const expected = ['401', '500'];
      if (address.includes('{')) expected.push('404');
      if (method === 'post' && !address.includes('{')) expected.push('409', '413', '415', '422');
      expect(statuses, operationId).toEqual(expect.arrayContaining(expected));
    }
  });

  it('describes answers of several media types, and bodies that are files', () => {
    const contentOf = (address: string, body: 'answer' | 'request') => {
      const operation = document.paths[address]?.[body === 'answer' ? 'get' : 'post'];
      const described = body === 'answer' ? operation?.responses['200'] : operation?.requestBody;
      return Object.keys((described as { content: object }).content);
    };
    expect(contentOf('/v1/jobs/{job_id}/events', 'answer')).toEqual([
      'application/json',
      'text/event-stream',
    ]);
    expect(contentOf('/v1/models/{model_id}/summary', 'answer')).toEqual(['application/json', 'text/plain']);
    expect(contentOf('/v1/datasets', 'request')).toEqual([
      'text/csv',
      'application/octet-stream',
      'multipart/form-data',
    ]);
  });

  it('tells requests apart from answers in which defaults are filled in', () => {
    const schemas = document.components?.schemas ?? {};
    expect(schemas['Fit']).not.toHaveProperty('required');
    expect(schemas['FitWithDefaults']).toMatchObject({ required: expect.arrayContaining(['epochs']) });
    expect(schemas['Job']).toMatchObject({
      properties: { request: { $ref: '#/components/schemas/CreateJobWithDefaults' } },
    });
  });
});

describe('the documentation', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ PUBLIC_URL: 'https://epochal.example.com/base' });
  });
  afterAll(() => service.close());
  const get = (address: string) => service.request('get', address, null);

  it('is served at /openapi.json without a key, for the address that the operator gave', async () => {
    const { body } = await get('/openapi.json').expect(200);
    expect(body.servers).toEqual([{ url: 'https://epochal.example.com/base' }]);
    expect(body.paths).toEqual(JSON.parse(JSON.stringify(document.paths)));
  });

  it('has pages at /docs that load everything from the service itself', async () => {
    const page = await get('/docs').expect(200);
    expect(page.headers['content-type']).toContain('text/html');
    const links = Array.from(page.text.matchAll(/(?:src|href)=["']([^"']+)["']/g), ([, link]) => link!);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) {
      expect(link).toMatch(/^\.\//);
      await get(`/${link.slice(2)}`).expect(200);
    }
  });
});
