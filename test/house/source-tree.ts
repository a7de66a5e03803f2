import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from 'vite';

export const REPOSITORY = join(import.meta.dirname, '../..');

/** Top folders with TypeScript of ours. */
export const ROOMS = [
  'core',
  'proxy',
  'policies',
  'admin-api',
  'console',
  'cli',
  'quickstart',
  'migrations',
  'test',
] as const;

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** An ESTree node with TypeScript's additions, as the parser of vite makes it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'bundle', 'coverage']);

/** Every .ts and .tsx file of the rooms. */
export function readSourceTree(root: string = REPOSITORY): SourceFile[] {
  return ROOMS.flatMap((room) => filesBelow(join(root, room)))
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

function filesBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : filesBelow(join(folder, entry.name));
    return [join(folder, entry.name)];
  });
}

/**
 * TypeScript 7 has no compiler API and dependency-cruiser can only read TypeScript through one (or through swc), so the
 * parser is the one vite brings.
 * @throws Error naming the file, for a syntax error
 */
export function parse(file: SourceFile): SyntaxNode {
  const { program, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`);
  return program as unknown as SyntaxNode;
}

/** Every node below `node`, itself included, parents before children. */
export function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* nodesOf(child);
    }
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

export function lineOf(file: SourceFile, offset: number): number {
  return file.text.slice(0, offset).split('\n').length;
}
