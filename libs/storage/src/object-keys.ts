/** The layout of the store: the only place where keys are made. No key is a folder of another. */
export const objectKeys = {
  /** Rows of a dataset, as Parquet. */
  datasetRows: (datasetId: string): string => `datasets/${datasetId}/rows.parquet`,
  /** The file of a dataset as it was uploaded. */
  datasetOriginal: (datasetId: string): string => `datasets/${datasetId}/original`,
  /** State of a training. */
  checkpoint: (jobId: string, checkpointId: string): string =>
    `jobs/${jobId}/checkpoints/${checkpointId}.safetensors`,
  /** What the training rows of a job taught about its columns: means, medians, categories. */
  preprocessing: (jobId: string): string => `jobs/${jobId}/preprocessing.json`,
} as const;

/** Prefixes under which everything of a resource lies, to remove it as a whole. */
export const objectPrefixes = {
  dataset: (datasetId: string): string => `datasets/${datasetId}/`,
  job: (jobId: string): string => `jobs/${jobId}/`,
} as const;
