import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportLine, type Measurement } from './report.ts';

const DIRECTORY = join(import.meta.dirname, '../../.cache/bench');

/** The newest figures of each part, so that a part can be measured again without the others and the page still be whole. */
export async function keepResults(part: string, measurements: readonly Measurement[]): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  await writeFile(fileOf(part), measurements.map((one) => `${reportLine(one)}\n`).join(''));
}

/** @returns none where the part was never measured here */
export async function readResults(part: string): Promise<Measurement[]> {
  try {
    const lines = (await readFile(fileOf(part), 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Measurement);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function fileOf(part: string): string {
  return join(DIRECTORY, `${part}.ndjson`);
}
