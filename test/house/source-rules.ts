import { basename } from 'node:path';
import { isNode, lineOf, nodesOf, parse, type SourceFile, type SyntaxNode } from './source-tree.ts';

export interface SourceRule {
  readonly name: string;
  /** One line per violation: `path:line what`. */
  readonly violations: (file: SourceFile) => string[];
}

export const MAX_FILE_LINES = 300;
/** Above this a file is listed, so that it is split before it has to be. */
export const LONG_FILE_LINES = 250;
/** A describe block of a test is one function, so tests are measured by the file only. */
export const MAX_FUNCTION_LINES = 80;

const PURE_ROOMS = /^core\/(access|decision|feed)\//;
const TESTS = /^test\//;
/** Processes and scripts: the only places that read the environment or end the process. */
const ROOTS =
  /^((proxy|admin-api|quickstart|cli)\/(main|worker|migrate|verify-audit|archive-audit|add-sidecar|new-feed-epoch)\.ts|policies\/[^/]+\.ts|test\/.*|.*\.config\.[tj]s)$/;
/** Read by tools that look for a default export and nothing else. */
const CONFIG_FILES = /(\.config\.[tj]s|^test\/support\/global-(setup|teardown)\.ts)$/;

/** Makes ids and keys, which have to be random; the one exception in the pure rooms. */
const MAY_BE_RANDOM = new Set(['core/access/ids.ts', 'core/decision/denial-token.ts']);

const IMPURE_CALLS = new Set([
  'Date',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Date.now',
  'Math.random',
  'performance.now',
]);
const RANDOM_CALLS = new Set([
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'randomUUID',
  'randomBytes',
  'generateKeyPair',
]);

function perNode(
  name: string,
  applies: (path: string) => boolean,
  describe: (node: SyntaxNode, file: SourceFile) => string | null,
): SourceRule {
  return {
    name,
    violations: (file) => {
      if (!applies(file.path)) return [];
      return [...nodesOf(parse(file))].flatMap((node) => {
        const what = describe(node, file);
        return what === null ? [] : [`${file.path}:${lineOf(file, node.start)} ${what}`];
      });
    },
  };
}

export const SOURCE_RULES: readonly SourceRule[] = [
  perNode(
    'no default exports',
    (path) => !CONFIG_FILES.test(path),
    (node) => (isDefaultExport(node) ? 'default export' : null),
  ),
  {
    name: 'no barrels',
    violations: (file) => (isBarrel(file) ? [`${file.path} only hands on what others export`] : []),
  },
  {
    name: `no file above ${MAX_FILE_LINES} lines`,
    violations: (file) => {
      const lines = linesOf(file);
      return lines > MAX_FILE_LINES ? [`${file.path} has ${lines} lines`] : [];
    },
  },
  perNode(
    `no function above ${MAX_FUNCTION_LINES} lines`,
    (path) => !TESTS.test(path),
    (node, file) => {
      if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return null;
      const lines = file.text.slice(node.start, node.end).split('\n').length;
      return lines > MAX_FUNCTION_LINES ? `function of ${lines} lines` : null;
    },
  ),
  perNode(
    'the environment is read, and the process ended, in roots only',
    (path) => !ROOTS.test(path),
    (node) => {
      const name = dottedName(node);
      if (name === 'process.env' || name === 'process.exit' || name === 'process.exitCode') return name;
      const imported = node.type === 'ImportSpecifier' && isNode(node['imported']) ? node['imported']['name'] : null;
      return imported === 'env' || imported === 'exit' ? `import of ${imported}` : null;
    },
  ),
  perNode(
    'pure rooms have no clock, timer, network or dice',
    (path) => PURE_ROOMS.test(path),
    (node, file) => {
      if (node.type === 'NewExpression' && calleeName(node) === 'Date' && argumentCount(node) === 0)
        return 'new Date()';
      if (dottedName(node) === 'process') return 'process';
      if (node.type !== 'CallExpression') return null;
      const name = calleeName(node);
      if (name !== null && IMPURE_CALLS.has(name)) return `${name}()`;
      return name !== null && RANDOM_CALLS.has(name) && !MAY_BE_RANDOM.has(file.path) ? `${name}()` : null;
    },
  ),
  perNode(
    'no test is skipped or run alone',
    (path) => TESTS.test(path),
    (node) => {
      const name = dottedName(node);
      return name !== null && /^((it|test|describe)(\.\w+)*\.(only|skip|todo)|[fx](it|test|describe))$/.test(name)
        ? name
        : null;
    },
  ),
];

export function linesOf(file: SourceFile): number {
  return file.text.split('\n').length - 1;
}

function isDefaultExport(node: SyntaxNode): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true;
  return node.type === 'ExportSpecifier' && isNode(node['exported']) && node['exported']['name'] === 'default';
}

function isBarrel(file: SourceFile): boolean {
  if (/^index\.tsx?$/.test(basename(file.path))) return true;
  const body = parse(file)['body'] as SyntaxNode[];
  return (
    body.length > 0 && body.every((node) => /^Export(All|Named)Declaration$/.test(node.type) && isNode(node['source']))
  );
}

/** `process.env` of the node that spells it; null for anything that is no plain name or chain of names. */
function dottedName(node: SyntaxNode): string | null {
  if (node.type === 'Identifier') return node['name'] as string;
  if (node.type !== 'MemberExpression' || node['computed'] === true) return null;
  const object = isNode(node['object']) ? dottedName(node['object']) : null;
  const property = isNode(node['property']) ? node['property']['name'] : null;
  return object === null || typeof property !== 'string' ? null : `${object}.${property}`;
}

function calleeName(node: SyntaxNode): string | null {
  return isNode(node['callee']) ? dottedName(node['callee']) : null;
}

function argumentCount(node: SyntaxNode): number {
  return (node['arguments'] as unknown[]).length;
}
