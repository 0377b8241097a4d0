import type { Shape } from '@epochal/contracts';
import type { ParameterCounts } from '../description/parameter-counts.js';
import type { SummaryRow } from './model-summary.js';
import { textTable, type Column } from './text-table.js';

/** The widths that Keras's positions (keras.src.utils.summary_utils) come to in its default line lengths, 88 and 108. */
const COLUMNS: Readonly<Record<'chain' | 'graph', readonly Column[]>> = {
  chain: [
    { heading: 'Layer (type)', width: 38, align: 'left' },
    { heading: 'Output Shape', width: 29, align: 'left' },
    { heading: 'Param #', width: 17, align: 'right' },
  ],
  graph: [
    { heading: 'Layer (type)', width: 31, align: 'left' },
    { heading: 'Output Shape', width: 27, align: 'left' },
    { heading: 'Param #', width: 17, align: 'right' },
    { heading: 'Connected to', width: 28, align: 'left' },
  ],
};

const formatShape = (shape: Shape): string => `(${shape.map((size) => size ?? 'None').join(', ')})`;

const formatShapes = (shapes: readonly Shape[]): string =>
  shapes.length === 1 ? formatShape(shapes[0]!) : `[${shapes.map(formatShape).join(', ')}]`;

const formatNumber = (value: number): string => value.toLocaleString('en-US');

const formatSize = (bytes: number): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(2)} ${units[unit]}`;
};

const countLine = (label: string, count: number, bytes: number): string =>
  ` ${label} params: ${formatNumber(count)} (${formatSize(bytes)})`;

/** What a summary's text is made from. */
export interface SummaryParts {
  readonly name: string;
  readonly rows: readonly SummaryRow[];
  readonly parameters: ParameterCounts;
  readonly bytes: ParameterCounts;
  readonly style: 'chain' | 'graph';
}

/** The text that Keras 3 prints for a summary. */
export const renderSummary = ({ name, rows, parameters, bytes, style }: SummaryParts): string => {
  const cells = rows.map((row) => [
    `${row.name} (${row.class_name})`,
    formatShapes(row.output_shapes),
    formatNumber(row.parameters),
    row.connected_to.join(', ') || '-',
  ]);
  return [
    `Model: "${name}"`,
    ...textTable(COLUMNS[style], cells),
    countLine('Total', parameters.total, bytes.total),
    countLine('Trainable', parameters.trainable, bytes.trainable),
    countLine('Non-trainable', parameters.non_trainable, bytes.non_trainable),
    '',
  ].join('\n');
};
