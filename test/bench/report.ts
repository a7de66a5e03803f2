/** One measurement: what was measured, under which conditions, and the figures. */
export type Measurement = Readonly<Record<string, unknown>> & { readonly bench: string };

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
