import type { Database, Prisma, Transaction } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';

/** Names a row; `claimedAt` tells who holds it while its request is in progress. */
export interface HeldKey {
  readonly projectId: string;
  readonly key: string;
  readonly claimedAt: Date;
}

export interface StoredAnswer {
  readonly fingerprint: string;
  /** Absent while the request is in progress. */
  readonly status: number | null;
  readonly body: Prisma.JsonValue;
}

/** A request that gave no sign of life for so long has crashed: its key is free again. */
export const ABANDONED_AFTER_SECONDS = 60;
/** Answers are kept for a day. */
export const KEPT_HOURS = 24;

/** Takes a key that nobody has, that was abandoned, or whose answer has expired. */
const CLAIM = `
INSERT INTO idempotency_keys AS row (project_id, key, fingerprint, created_at) VALUES ($1, $2, $3, clock_timestamp())
ON CONFLICT (project_id, key) DO UPDATE
  SET fingerprint = EXCLUDED.fingerprint, status = NULL, body = NULL, created_at = EXCLUDED.created_at
  WHERE (row.status IS NULL AND row.created_at < clock_timestamp() - make_interval(secs => ${ABANDONED_AFTER_SECONDS}))
     OR row.created_at < clock_timestamp() - make_interval(hours => ${KEPT_HOURS})
RETURNING created_at AS "claimedAt"`;

const RENEW = `
UPDATE idempotency_keys SET created_at = clock_timestamp()
WHERE project_id = $1 AND key = $2 AND created_at = $3::timestamptz AND status IS NULL
RETURNING created_at AS "claimedAt"`;

const REMOVE_EXPIRED = `
DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(hours => ${KEPT_HOURS})`;

@Injectable()
export class IdempotencyRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @returns the key, held for one request, or what stands in its way */
  async claim(projectId: string, key: string, fingerprint: string): Promise<HeldKey | StoredAnswer> {
    for (;;) {
      const rows = await this.database.$queryRawUnsafe<{ claimedAt: Date }[]>(
        CLAIM,
        projectId,
        key,
        fingerprint,
      );
      if (rows[0]) return { projectId, key, claimedAt: rows[0].claimedAt };
      const stored = await this.database.idempotencyKey.findUnique({
        where: { projectId_key: { projectId, key } },
        select: { fingerprint: true, status: true, body: true },
      });
      // Released between the two statements: then it can be claimed.
      if (stored) return stored;
    }
  }

  /** Shows that the request lives. @returns the key as it is held now, or `null` when it was taken away */
  async renew(held: HeldKey): Promise<HeldKey | null> {
    const rows = await this.database.$queryRawUnsafe<{ claimedAt: Date }[]>(
      RENEW,
      held.projectId,
      held.key,
      held.claimedAt,
    );
    return rows[0] ? { ...held, claimedAt: rows[0].claimedAt } : null;
  }

  /** Stores the answer, in the transaction that makes it true. @returns whether the claim was still held */
  async record(
    transaction: Transaction,
    held: HeldKey,
    status: number,
    body: Prisma.InputJsonValue,
  ): Promise<boolean> {
    const where = { ...rowOf(held), status: null };
    const { count } = await transaction.idempotencyKey.updateMany({ where, data: { status, body } });
    return count === 1;
  }

  async release(held: HeldKey): Promise<void> {
    await this.database.idempotencyKey.deleteMany({ where: { ...rowOf(held), status: null } });
  }

  async removeExpired(): Promise<void> {
    await this.database.$executeRawUnsafe(REMOVE_EXPIRED);
  }
}

const rowOf = ({ projectId, key, claimedAt }: HeldKey) => ({ projectId, key, createdAt: claimedAt });
