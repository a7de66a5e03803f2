import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { OPA_VERSION } from '../../policies/opa-version.ts';
import { isPinned } from './pin.ts';
import type { Measurement, Table } from './report.ts';
import { versionOf, type Tool } from './require-tools.ts';

const PACKAGES = ['undici', 'http-proxy-middleware', 'express', '@open-policy-agent/opa-wasm'];
const TOOLS: readonly Tool[] = ['nginx', 'caddy', 'wrk'];

/** Where and with what it is measured. */
export async function describeMachine(): Promise<Measurement> {
  const versions: Record<string, string> = { node: process.version.slice(1), opa: OPA_VERSION };
  for (const name of PACKAGES) {
    const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    versions[name] = (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
  }
  for (const tool of TOOLS) versions[tool] = versionOf(tool) ?? 'none';
  return {
    bench: 'machine',
    at: new Date().toISOString(),
    cpus: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    pinned: isPinned(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    versions,
  };
}

/** @param measured by part; each begins with the machine it was measured on */
export function machineTable(measured: ReadonlyMap<string, readonly Measurement[]>): Table {
  const rows = [...measured].flatMap(([part, [machine]]) => {
    if (machine?.bench !== 'machine') return [];
    const versions = Object.entries(machine['versions'] as Record<string, string>);
    return [
      [
        `\`${part}\``,
        `${String(machine['at']).slice(0, 16).replace('T', ' ')} UTC`,
        `${String(machine['cpus'])} x ${String(machine['model'])}, ${String(machine['memory_gb'])} GB${machine['pinned'] === true ? ', a core for what is measured' : ''}`,
        versions.map(([name, version]) => `${name} ${version}`).join(', '),
      ],
    ];
  });
  return { name: 'machine', header: ['part', 'measured', 'machine', 'versions'], rows };
}
