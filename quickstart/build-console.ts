import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Whether the built console is missing, or older than what it is built from. */
export async function isConsoleStale(repository: string): Promise<boolean> {
  const built = await stat(join(repository, 'console/dist/index.html')).catch(() => null);
  if (built === null) return true;
  const sources = ['console', 'core/access', 'package-lock.json'].map((path) => join(repository, path));
  const newest = await Promise.all(sources.map(newestMtimeMs));
  return Math.max(...newest) > built.mtimeMs;
}

/** Builds aside and swaps, so that whoever serves the old one never finds half of the new one. */
export async function buildConsole(repository: string): Promise<void> {
  const aside = join(repository, '.cache', `console-${crypto.randomUUID()}`);
  const target = join(repository, 'console/dist');
  await mkdir(dirname(aside), { recursive: true });
  try {
    await runVite(repository, aside);
    await rm(target, { recursive: true, force: true });
    await rename(aside, target).catch((error: NodeJS.ErrnoException) => {
      // Somebody else built at the same time and was quicker; theirs is as new as ours.
      if (!existsSync(join(target, 'index.html'))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** In a process of its own: what a build leaves in memory (half a gigabyte) would stay with the quickstart as long as it runs. */
async function runVite(repository: string, outDir: string): Promise<void> {
  const vite = join(repository, 'node_modules/vite/bin/vite.js');
  const args = [
    'build',
    'console',
    '--outDir',
    outDir,
    '--emptyOutDir',
    '--configLoader',
    'native',
    '--logLevel',
    'warn',
  ];
  await promisify(execFile)(process.execPath, [vite, ...args], { cwd: repository });
}

async function newestMtimeMs(path: string): Promise<number> {
  const own = await stat(path).catch(() => null);
  if (own === null) return 0;
  if (!own.isDirectory()) return own.mtimeMs;
  // A directory's own time changes when a file in it is removed or renamed; dist is made by ourselves in there.
  const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.name !== 'dist');
  return Math.max(0, ...(await Promise.all(entries.map((entry) => newestMtimeMs(join(path, entry.name))))));
}
