import { spawnSync } from 'node:child_process';

/** By name of the program: what makes it say its version, and the Debian package it is in. */
const TOOLS = {
  wrk: { args: ['-v'], package: 'wrk' },
  nginx: { args: ['-v'], package: 'nginx' },
  caddy: { args: ['version'], package: 'caddy' },
} as const;

export type Tool = keyof typeof TOOLS;

/**
 * Programs that are measured, or measure: a load generator in Node would be slower than what it measures.
 * @throws Error in one line that names what is missing and the packages it is in
 */
export function requireTools(...tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => versionOf(tool) === null);
  if (missing.length === 0) return;
  const packages = missing.map((tool) => TOOLS[tool].package).join(' ');
  throw new Error(
    `The benchmarks need ${missing.join(', ')} on the PATH. On Debian: apt-get install --no-install-recommends ${packages}`,
  );
}

/** As it says it; null where it is not to be found. */
export function versionOf(tool: Tool): string | null {
  const { error, stdout, stderr } = spawnSync(tool, TOOLS[tool].args, { encoding: 'utf8' });
  if (error !== undefined) return null;
  return /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0] ?? 'unknown';
}
