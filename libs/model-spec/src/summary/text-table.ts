/** A column of a table: its heading, its width with one space on either side, and where its text stands. */
export interface Column {
  readonly heading: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** Breaks a text between words, as rich does for Keras: a word that fits no line has one of its own, cut with an ellipsis. */
const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/\s*\S+\s*/g) ?? []) {
    if (line !== '' && line.length + word.trimEnd().length > width) {
      lines.push(line);
      line = '';
    }
    line += word;
  }
  lines.push(line);
  return lines.map((full) => {
    const trimmed = full.trimEnd();
    return trimmed.length > width ? `${trimmed.slice(0, width - 1)}…` : trimmed;
  });
};

const rule = (
  columns: readonly Column[],
  [left, line, cross, right]: readonly [string, string, string, string],
): string => `${left}${columns.map(({ width }) => line.repeat(width)).join(cross)}${right}`;

const renderRow = (columns: readonly Column[], cells: readonly string[], bar: string): string[] => {
  const wrapped = columns.map(({ width }, index) => wrap(cells[index] ?? '', width - 2));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = columns.map(({ width, align }, index) => {
      const text = wrapped[index]![line] ?? '';
      return ` ${align === 'left' ? text.padEnd(width - 2) : text.padStart(width - 2)} `;
    });
    return `${bar}${parts.join(bar)}${bar}`;
  });
};

/** Draws a table with a line between all rows, as `model.summary()` prints it. */
export const textTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): string[] => {
  const headings = columns.map(({ heading }) => heading);
  const between = rule(columns, ['├', '─', '┼', '┤']);
  return [
    rule(columns, ['┏', '━', '┳', '┓']),
    ...renderRow(columns, headings, '┃'),
    rule(columns, ['┡', '━', '╇', '┩']),
    ...rows.flatMap((row, index) => [...(index > 0 ? [between] : []), ...renderRow(columns, row, '│')]),
    rule(columns, ['└', '─', '┴', '┘']),
  ];
};
