import { createHash } from 'node:crypto';
import type { EpochalClient } from '@epochal/client';
import type { Job } from '@epochal/contracts';

interface TensorEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Digest of every tensor of a job's saved model, by name: weights and optimizer state, bit for bit. */
export async function tensorDigests(client: EpochalClient, job: Job): Promise<Record<string, string>> {
  const version = job.result?.model_version_id ?? undefined;
  const response = await client.models.download(job.request.model_id, { format: 'safetensors', version });
  const file = Buffer.from(await response.arrayBuffer());
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<string, TensorEntry>;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return Object.fromEntries(
    tensors.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const bytes = file.subarray(8 + headerLength + from, 8 + headerLength + to);
        return [name, `${dtype} [${shape.join()}] ${createHash('sha256').update(bytes).digest('hex')}`];
      },
    ),
  );
}
