import type { CreatedKey, Key } from '@epochal/contracts';
import type { KeyRow } from './keys.repository.js';

export const keyView = (row: KeyRow): Key => ({
  id: row.id,
  object: 'key',
  name: row.name,
  prefix: row.prefix,
  created_at: row.createdAt.toISOString(),
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
});

export const createdKeyView = (row: KeyRow, secret: string): CreatedKey => ({ ...keyView(row), key: secret });
