/**
 * `npm run policies:explain -- LOG [--decision ID] [--explain fails|notes|full] [--sources DIR]...` decides a logged decision
 * again with `opa eval` on the sources, shows why, with what print() prints, and whether the answer is the same.
 * LOG is a file with decision log events, or - for standard input. Exits 1 when the answer is another one.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs, promisify } from 'node:util';
import { POLICIES_DIR, SOURCE_DIRS, sourceRevision, TABLES } from './compile-policies.ts';
import { findOpa } from './find-opa.ts';
import { readDecisions, type LoggedEvent } from './read-decisions.ts';

const run = promisify(execFile);
const USAGE = 'npm run policies:explain -- LOG|- [--decision ID] [--explain fails|notes|full] [--sources DIR]...';

async function readInput(name: string): Promise<Uint8Array> {
  if (name !== '-') return readFile(name);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The one that was asked for, else the last that a policy decided. */
function choose(events: readonly LoggedEvent[], id: string | undefined): LoggedEvent {
  const fitting = id === undefined ? events : events.filter((event) => event.decision_id === id);
  const event = fitting.findLast(({ input }) => input !== undefined) ?? fitting.at(-1);
  if (event === undefined) {
    throw new Error(id === undefined ? 'There is no decision log event in it.' : `There is no decision ${id} in it.`);
  }
  if (event.input === undefined) {
    throw new Error(
      `No policy was asked for ${event.decision_id}, or its input was removed: there is nothing to explain.`,
    );
  }
  return event;
}

interface Answer {
  readonly result?: readonly [{ readonly expressions: readonly [{ readonly value: unknown }] }];
}

async function decide(event: LoggedEvent, sources: readonly string[], explain: string): Promise<boolean> {
  const opa = await findOpa(process.env, (line) => console.error(line));
  const directory = await mkdtemp(path.join(tmpdir(), 'hallpass-explain-'));
  try {
    const input = path.join(directory, 'input.json');
    await writeFile(input, JSON.stringify(event.input), { mode: 0o600 });
    const query = `data.${event.path.replace(/^\//, '').replaceAll('/', '.')}`;
    const args = ['eval', '-i', input, ...sources.flatMap((source) => ['-d', source])];
    const options = { maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await run(opa, [...args, '--format=json', query], options);
    const value = (JSON.parse(stdout) as Answer).result?.[0].expressions[0].value;
    const explained = await run(opa, [...args, `--explain=${explain}`, '--format=pretty', query], options);
    // What print() prints goes there.
    if (explained.stderr !== '') console.log(`printed:\n${explained.stderr.trimEnd()}\n`);
    console.log(explained.stdout.trimEnd());
    return isDeepStrictEqual(value, event.result);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function explainDecision(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      decision: { type: 'string' },
      explain: { type: 'string', default: 'fails' },
      sources: { type: 'string', multiple: true },
    },
  });
  const [name] = positionals;
  if (name === undefined || positionals.length > 1 || !/^(notes|fails|full)$/.test(values.explain))
    throw new Error(USAGE);
  const event = choose(readDecisions(await readInput(name)), values.decision);
  const own = [...SOURCE_DIRS, TABLES].map((source) => path.join(POLICIES_DIR, source));
  const { sources = own } = values;
  const revision = Object.values(event.bundles ?? {})[0]?.revision ?? 'unknown';
  console.log(`decision ${event.decision_id} of ${event.timestamp ?? 'an unknown time'} by the policy ${revision}`);
  if (values.sources === undefined && revision !== (await sourceRevision())) {
    console.log('These sources are another revision; --sources names others.');
  }
  const hidden = [...event.erased, ...event.masked];
  if (hidden.length > 0)
    console.log(`The log hides ${hidden.join(', ')}; a rule that reads those may decide otherwise here.`);
  console.log('');
  const isSame = await decide(event, sources, values.explain);
  console.log(
    isSame ? '\nThe answer is the logged one.' : `\nLogged was another answer: ${JSON.stringify(event.result)}`,
  );
  if (!isSame) process.exitCode = 1;
}

try {
  await explainDecision();
} catch (error) {
  // opa writes what is wrong with the Rego to either.
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  console.error((stderr + stdout).trim() || message);
  process.exitCode = 1;
}
