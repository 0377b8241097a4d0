import { rm } from 'node:fs/promises';
import type { TrainerMessage } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { appendEvents } from '@epochal/event-log';
import { objectKeys, type ObjectStore, type StoredObject } from '@epochal/storage';
import { typeid } from 'typeid-js';
import type { ClaimedJob } from './job-claim.js';

export type CheckpointMessage = Extract<TrainerMessage, { type: 'checkpoint' }>;

/**
 * Stores the checkpoint that a trainer wrote. It counts, and its event is written, only once the store has confirmed its size
 * and digest; an object whose row could not be written is removed again.
 *
 * @param file where the trainer wrote it; removed in any case, since the disk of a worker is small
 * @returns the checkpoint's id
 * @throws StorageUnavailableError, StorageFullError, StaleAttemptError
 */
export async function storeCheckpoint(
  database: Database,
  store: ObjectStore,
  { jobId, attempt }: ClaimedJob,
  message: CheckpointMessage,
  file: string,
): Promise<string> {
  const id = typeid('ckpt').toString();
  const objectKey = objectKeys.checkpoint(jobId, id);
  const { epoch, step, logs, final } = message;
  const { size, sha256 } = await moveIntoStore(store, objectKey, file);
  try {
    await database.$transaction(async (transaction) => {
      await transaction.checkpoint.create({
        data: { id, jobId, attempt, epoch, step, final, logs, objectKey, sizeBytes: size, sha256 },
      });
      const data = { checkpoint_id: id, epoch, step, size_bytes: size, sha256 };
      await appendEvents(transaction, jobId, attempt, [
        { at: new Date(), event: { type: 'checkpoint_saved', data } },
      ]);
    });
  } catch (error) {
    await store.remove(objectKey);
    throw error;
  }
  return id;
}

async function moveIntoStore(store: ObjectStore, objectKey: string, file: string): Promise<StoredObject> {
  try {
    return await store.putFile(objectKey, file);
  } finally {
    await rm(file, { force: true });
  }
}

/** Removes all but the last checkpoints of a job. The final one, a model version, always stays. */
export async function removeOldCheckpoints(
  database: Database,
  store: ObjectStore,
  jobId: string,
  keepLast: number,
): Promise<void> {
  const old = await database.checkpoint.findMany({
    where: { jobId, final: false },
    orderBy: [{ step: 'desc' }, { id: 'desc' }],
    skip: keepLast,
  });
  for (const { id, objectKey } of old) {
    // The row first: a checkpoint that is listed can always be downloaded.
    await database.checkpoint.delete({ where: { id } });
    await store.remove(objectKey);
  }
}
