import { z } from 'zod';

/** Every resource's id is its prefix, an underscore and 26 base32 characters (TypeID, sortable by creation time). */
export const ID_PREFIXES = {
  project: 'proj',
  key: 'key',
  dataset: 'ds',
  model: 'model',
  modelVersion: 'mver',
  job: 'job',
  checkpoint: 'ckpt',
  request: 'req',
} as const;

export type ResourceName = keyof typeof ID_PREFIXES;

const idSchema = (resource: ResourceName) => {
  const prefix = ID_PREFIXES[resource];
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_[0-9a-z]{26}$`),
      `must be an id such as ${prefix}_01jd0000000000000000000000`,
    );
};

export const projectIdSchema = idSchema('project');
export const keyIdSchema = idSchema('key');
export const datasetIdSchema = idSchema('dataset');
export const modelIdSchema = idSchema('model');
export const modelVersionIdSchema = idSchema('modelVersion');
export const jobIdSchema = idSchema('job');
export const checkpointIdSchema = idSchema('checkpoint');

/** An event's id follows from its job and its sequence number, so it is the same on every transport. */
export const eventId = (jobId: string, seq: number): string =>
  `evt_${jobId.slice(ID_PREFIXES.job.length + 1)}_${seq}`;
