import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';

const DESTINATION = new URL('../../../proxy/log-destination.ts', import.meta.url).href;

/** A process that does `what` with a destination called `log`. */
function startWriter(what: string, maxUnreadBytes: number): ChildProcessByStdio<null, Readable, Readable> {
  const script = `
    import { LogDestination } from '${DESTINATION}';
    const log = new LogDestination(${maxUnreadBytes});
    process.on('exit', () => {
      log.flushSync();
      process.stderr.write(String(log.droppedBytes));
    });
    ${what}
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** All that it has written by its end, and what it has dropped. */
async function written(what: string, maxUnreadBytes: number): Promise<{ text: string; dropped: number }> {
  const child = startWriter(what, maxUnreadBytes);
  const chunks: Buffer[] = [];
  let dropped = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (dropped += chunk.toString()));
  await once(child, 'close');
  return { text: Buffer.concat(chunks).toString(), dropped: Number(dropped) };
}

/** Of one to four bytes a character, and lines as long as a part of a chunk and several. */
function manyLines(): string[] {
  const text = (index: number): string => 'aäß€\u{1f510}"'.repeat(index % 1_000 === 999 ? 20_000 : index % 50);
  return Array.from({ length: 3_000 }, (_none, index) => `${index}${text(index)}\n`);
}

it('writes every line whole and in order, over the ends of chunks, whatever is in it', async () => {
  const { text, dropped } = await written(
    `for (const line of (${manyLines.toString()})()) {
       log.write(line);
       if (line.length % 7 === 0) log.flush();
       if (line.length % 11 === 0) await new Promise((resolve) => setImmediate(resolve));
     }`,
    64_000_000,
  );
  expect(text).toBe(manyLines().join(''));
  expect(dropped).toBe(0);
});

it('writes out what there is when nothing more comes', async () => {
  const child = startWriter(`log.write('the only one\\n'); setInterval(() => {}, 1_000);`, 1_000_000);
  try {
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('the only one\n');
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
  }
});

it('drops what nobody reads beyond the bound, counts it, and never half a line', async () => {
  const line = 'x'.repeat(999);
  const { text, dropped } = await written(`for (let n = 0; n < 5_000; n += 1) log.write('${line}\\n');`, 1_000_000);
  expect(dropped).toBeGreaterThan(0);
  expect(text.length + dropped).toBe(5_000_000);
  expect(text.split('\n').every((read) => read === '' || read === line)).toBe(true);
});
