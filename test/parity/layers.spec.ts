import { compareLayers } from './compare-layers.js';

await compareLayers(['layers-dense', 'layers-spatial']);
