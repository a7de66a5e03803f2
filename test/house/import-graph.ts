import { posix } from 'node:path';
import { isNode, nodesOf, parse, type SourceFile, type SyntaxNode } from './source-tree.ts';

export interface Import {
  readonly from: string;
  /** A path of the repository, `npm:<package>`, `node:<module>`, `virtual:<module>` (made by the bundler), or `missing:…`. */
  readonly to: string;
  /** Erased before the code runs. */
  readonly typeOnly: boolean;
}

export interface ImportGraph {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

/**
 * Every import, export-from, `import()` and `import('…')` type of the files.
 * @param exists whether there is a file at this path of the repository
 */
export function readImportGraph(files: readonly SourceFile[], exists: (path: string) => boolean): ImportGraph {
  return {
    files: files.map((file) => file.path),
    imports: files.flatMap((file) => importsOf(file, exists)),
  };
}

function importsOf(file: SourceFile, exists: (path: string) => boolean): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(parse(file))) {
    const specifier = specifierOf(node);
    if (specifier !== null) {
      found.push({ from: file.path, to: resolve(file.path, specifier, exists), typeOnly: isTypeOnly(node) });
    }
  }
  return found;
}

const IMPORTING_NODES = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function specifierOf(node: SyntaxNode): string | null {
  if (!IMPORTING_NODES.has(node.type) || !isNode(node['source'])) return null;
  const value = node['source']['value'];
  return typeof value === 'string' ? value : null;
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType') return true;
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'];
  return (
    Array.isArray(specifiers) &&
    specifiers.length > 0 &&
    specifiers.every(
      (specifier: SyntaxNode) => specifier['importKind'] === 'type' || specifier['exportKind'] === 'type',
    )
  );
}

function resolve(from: string, specifier: string, exists: (path: string) => boolean): string {
  if (/^(node|virtual):/.test(specifier)) return specifier;
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ''));
    return exists(path) ? path : `missing:${specifier}`;
  }
  const [first = '', second = ''] = specifier.split('/');
  return `npm:${first.startsWith('@') ? `${first}/${second}` : first}`;
}

/** Groups of files that import each other in a ring, types included; each once. (Tarjan's algorithm.) */
export function cyclesOf(graph: ImportGraph): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of graph.imports) next.set(from, [...(next.get(from) ?? []), to]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  function visit(file: string): void {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const other of next.get(file) ?? []) {
      if (!index.has(other)) visit(other);
      if (stack.includes(other)) low.set(file, Math.min(low.get(file)!, low.get(other)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const ring = stack.splice(stack.indexOf(file));
    if (ring.length > 1 || next.get(file)?.includes(file)) cycles.push(ring);
  }

  for (const file of graph.files) if (!index.has(file)) visit(file);
  return cycles;
}
