import { bidirectionalLayers } from './bidirectional.js';
import { cellLayers } from './cells.js';
import { sequenceLayers } from './recurrent-layers.js';
import { timeDistributedLayers } from './time-distributed.js';

/** Layers that run over time, their cells, and the layers that wrap one. */
export const recurrentLayers = {
  ...cellLayers,
  ...sequenceLayers,
  ...bidirectionalLayers,
  ...timeDistributedLayers,
};
