import type { LayerImplementation } from '../../layer.js';
import { simpleAttentionImplementations } from './attention.js';
import { groupQueryAttention } from './group-query-attention.js';
import { multiHeadAttention } from './multi-head-attention.js';

export const attentionImplementations: readonly LayerImplementation[] = [
  ...simpleAttentionImplementations,
  multiHeadAttention,
  groupQueryAttention,
];
