import { readFileSync } from 'node:fs';

export interface PathRow {
  /** As latin-1. */
  readonly sent: string;
  /** null: refused. */
  readonly becomes: string | null;
}

/** The rows of docs/paths.md. Every target in there begins below `/a`, which stands for whatever the route is. */
export function readPathTable(): PathRow[] {
  const [, passed = '', refused = ''] = readFileSync('docs/paths.md', 'utf8').split(/^## .*$/m);
  return [
    ...cellsOf(passed).map(([sent, becomes]) => ({ sent: sent!, becomes: becomes! })),
    ...cellsOf(refused).map(([sent]) => ({ sent: sent!, becomes: null })),
  ];
}

/** What stands between backticks in the rows of a table. */
function cellsOf(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .slice(2)
      .split(/(?<!\\) \| /)
      .map((cell) => /^(`+)(.*?)\1\s*$/.exec(cell.trim())?.[2]?.trim() ?? '')
      .map((cell) => cell.replaceAll('\\|', '|').replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => byte(hex))),
  );
}

function byte(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
