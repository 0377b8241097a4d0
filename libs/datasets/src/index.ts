export { applyPreprocessing, type DataRow } from './encode/apply-preprocessing.js';
export {
  encodeDataset,
  type EncodedDataset,
  type EncodedSplit,
  type EncodedTensor,
  type EncodeOptions,
} from './encode/encode-dataset.js';
export type { FittedColumn, FittedTensor, Preprocessing } from './encode/fitted-column.js';
export { InvalidDataError } from './encode/invalid-data-error.js';
export { type RowSplit, SPLIT_NAMES, type SplitName, splitRows } from './encode/split-rows.js';
export { ingestCsv, type IngestOptions, type IngestedDataset } from './ingest/ingest-csv.js';
export { InvalidDatasetError, type DatasetProblem } from './invalid-dataset-error.js';
