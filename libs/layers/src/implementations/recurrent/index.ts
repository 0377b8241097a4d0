import type { LayerImplementation } from '../../layer.js';
import { bidirectionalImplementations } from './bidirectional.js';
import { cellImplementations } from './cell-layers.js';
import { sequenceImplementations } from './sequence-layers.js';
import { timeDistributedImplementations } from './time-distributed.js';

export const recurrentImplementations: readonly LayerImplementation[] = [
  ...cellImplementations,
  ...sequenceImplementations,
  ...bidirectionalImplementations,
  ...timeDistributedImplementations,
];
