import { cyclesOf, type Import, type ImportGraph } from './import-graph.ts';

export interface Manifest {
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

export interface ImportRule {
  readonly name: string;
  /** One line per violation. */
  readonly violations: (graph: ImportGraph, manifest: Manifest) => string[];
}

/** Node modules that neither read nor write anything outside of the process, but for loading code. */
const PURE_NODE_MODULES = ['node:buffer', 'node:crypto', 'node:module', 'node:util', 'node:zlib'];

/** Shared ground of the admin API; every other folder in it is a feature. */
const ADMIN_API_GROUND = new Set(['http', 'db']);
/** What one feature calls and others implement: types and errors, no work. */
const ADMIN_API_PORTS = new Set(['admin-api/notifications/notification-channel.ts']);

function forbid(name: string, isWrong: (edge: Import, manifest: Manifest) => boolean): ImportRule {
  return {
    name,
    violations: (graph, manifest) =>
      graph.imports.filter((edge) => isWrong(edge, manifest)).map((edge) => `${edge.from} -> ${edge.to}`),
  };
}

/** Files of `room` may import only what matches, and what lies in the room itself. */
function confine(name: string, room: string, allowed: readonly RegExp[]): ImportRule {
  return forbid(
    name,
    ({ from, to }) => from.startsWith(room) && !to.startsWith(room) && !allowed.some((pattern) => pattern.test(to)),
  );
}

const anyPackage = /^npm:/;
const anyNode = /^node:/;
const pureNode = new RegExp(`^(${PURE_NODE_MODULES.join('|')})$`);

/** Which room may import which, executed (CONTRIBUTING.md, "Where things go"). */
export const IMPORT_RULES: readonly ImportRule[] = [
  confine('core/access imports nothing but the validator', 'core/access/', [/^npm:zod$/]),
  confine('core/feed imports core/access, the validator and what does no input or output', 'core/feed/', [
    /^core\/access\//,
    /^npm:zod$/,
    pureNode,
  ]),
  confine('core/decision imports core/access, core/feed and packages that do no input or output', 'core/decision/', [
    /^core\/(access|feed)\//,
    /^npm:(zod|jose|@open-policy-agent\/opa-wasm|modern-tar)$/,
    pureNode,
  ]),
  confine('core/authzen imports the rest of core', 'core/authzen/', [
    /^core\//,
    /^npm:(zod|canonicalize|jose)$/,
    /^node:http$/,
    pureNode,
  ]),
  confine('core/process imports no other room', 'core/process/', [anyPackage, anyNode]),
  confine('the proxy imports core only', 'proxy/', [/^core\//, anyPackage, anyNode]),
  confine('the admin API imports core and migrations only', 'admin-api/', [
    /^core\//,
    /^migrations\//,
    anyPackage,
    anyNode,
  ]),
  confine('policies imports core only', 'policies/', [/^core\//, anyPackage, anyNode]),
  confine('the console imports core/access only', 'console/', [/^core\/access\//, /^virtual:/, anyPackage, anyNode]),
  confine('the command line imports core/access only', 'cli/', [/^core\/access\//, anyPackage, anyNode]),
  confine('the quickstart imports neither tests nor the console', 'quickstart/', [
    /^(core|proxy|admin-api|policies|migrations)\//,
    anyPackage,
    anyNode,
  ]),
  forbid('a migration imports nothing', ({ from, to, typeOnly }) => {
    return from.startsWith('migrations/') && !(typeOnly && to === 'npm:knex');
  }),
  forbid('only admin-api/db and admin-api roots know the migrations', ({ from, to }) => {
    return (
      to.startsWith('migrations/') &&
      from.startsWith('admin-api/') &&
      !from.startsWith('admin-api/db/') &&
      adminFolder(from) !== null
    );
  }),
  forbid('features of the admin API meet only in a root', ({ from, to }) => {
    const own = adminFolder(from);
    if (own === null || !to.startsWith('admin-api/') || ADMIN_API_PORTS.has(to)) return false;
    const other = adminFolder(to);
    return other !== own && (other === null || !ADMIN_API_GROUND.has(other));
  }),
  forbid('nothing imports test/', ({ from, to }) => to.startsWith('test/') && !from.startsWith('test/')),
  forbid('nothing but the quickstart and tests imports the quickstart', ({ from, to }) => {
    return to.startsWith('quickstart/') && !/^(quickstart|test)\//.test(from);
  }),
  forbid('roots are started, not imported', ({ from, to }) => {
    return (
      /^(proxy|admin-api)\/(main|worker|migrate|verify-audit|archive-audit)\.ts$/.test(to) &&
      !/^(quickstart|test)\//.test(from)
    );
  }),
  forbid('every import leads somewhere', ({ to }) => to.startsWith('missing:')),
  forbid('what runs in production imports only declared dependencies', ({ from, to, typeOnly }, manifest) => {
    if (!to.startsWith('npm:')) return false;
    const name = to.slice('npm:'.length);
    if (manifest.dependencies.has(name)) return false;
    const mayUseDev = typeOnly || from.startsWith('test/');
    return !(mayUseDev && (manifest.devDependencies.has(name) || manifest.devDependencies.has(`@types/${name}`)));
  }),
  {
    name: 'no cycles',
    violations: (graph) => cyclesOf(graph).map((ring) => ring.join(' -> ')),
  },
];

/** The folder of the admin API a file lies in; null for a root and for what is not of the admin API. */
function adminFolder(path: string): string | null {
  const parts = path.split('/');
  return parts[0] === 'admin-api' && parts.length > 2 ? parts[1]! : null;
}
