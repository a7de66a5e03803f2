/** One measurement: what was measured, under which conditions, and the figures. */
export type Measurement = Readonly<Record<string, unknown>> & { readonly bench: string };

/** Hears each measurement as soon as it is there. */
export type Tell = (measurement: Measurement) => void;

/** Figures for people. In docs/performance.md it stands between the markers of its name. */
export interface Table {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A line for programs. */
export function reportLine(measurement: Measurement): string {
  return JSON.stringify(measurement);
}

/** A table for people; columns are as wide as their widest cell. No rows: no table. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return '';
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return [line(cells[0]!), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.slice(1).map(line)].join('\n');
}

export function markdownTable({ header, rows }: Table): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(String).join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

/** 21557 -> 21,557; 0.0571 -> 0.057; null, for what was not measured, is a dash. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–';
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}
