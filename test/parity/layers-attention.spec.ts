import { compareLayers } from './compare-layers.js';

await compareLayers(['layers-attention']);
