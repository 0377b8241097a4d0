import { simpleAttentionLayers } from './attention.js';
import { groupQueryAttention } from './group-query-attention.js';
import { multiHeadAttention } from './multi-head-attention.js';

export const attentionLayers = {
  ...simpleAttentionLayers,
  MultiHeadAttention: multiHeadAttention,
  GroupQueryAttention: groupQueryAttention,
};
