import { generateKeyPairSync } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { appendAuditEntries } from '../../admin-api/audit/append-audit-entries.ts';
import { writeArchive } from '../../admin-api/audit/archive-file.ts';
import { GENESIS } from '../../admin-api/audit/audit-checkpoint.ts';
import type { Knex } from '../../admin-api/db/knex.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { PROFILES } from '../support/test-services.ts';

const OLD_MS = Date.parse('2025-06-01T00:00:00Z');
const BEFORE = '2026-01-01';
const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe.each(PROFILES)('archiving the audit log, %s', (profile) => {
  const key = pem();
  let api: TestAdminApi;
  let knex: Knex;
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  let file: string;
  let oldEntries: number;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory('au');
  });
  beforeEach(async () => {
    await api?.stop();
    api = await startAdminApi(profile, { HALLPASS_AUDIT_SIGNING_KEY: key });
    knex = api.running.parts.knex;
    file = join(directory.path, `${crypto.randomUUID()}.ndjson`);
    // What the seed wrote is of today; of before that, as a log that is older would have it.
    await knex.raw('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
    await knex('audit_entries').delete();
    await knex.raw('ALTER TABLE audit_entries ENABLE TRIGGER ALL');
    await knex('audit_head').update({ sequence: 0, hash: GENESIS.hash, latest_time: null, disorder_ms: 0 });
    await append('old', 2_500, OLD_MS);
    await append('new', 100, Date.now());
    oldEntries = 2_500;
  });
  afterAll(async () => {
    await api.stop();
    await directory.remove();
  });

  async function append(word: string, count: number, timeMs: number): Promise<void> {
    const drafts = Array.from({ length: count }, (_, place) => ({
      type: 'resource.changed' as const,
      actor: null,
      subject: null,
      summary: `${word} ${place} – “ü”`,
      details: { place, nested: { list: [1, null, 'x'] } },
    }));
    await knex.transaction((trx) => appendAuditEntries(trx, drafts, timeMs));
  }

  function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
    return new Promise<{ code: number; output: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [`admin-api/${command}.ts`, ...args],
        { env: { ...process.env, DATABASE_URL: api.config.databaseUrl, HALLPASS_AUDIT_SIGNING_KEY: key, ...env } },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }
  const archive = (to = file, env = {}) => run('archive-audit', ['--before', BEFORE, '--to', to], env);
  const verify = (...args: string[]) => run('verify-audit', args);
  const countEntries = async () => Number((await knex('audit_entries').count('* as n').first())?.['n']);

  it('moves what is old to a file that goes on into the log, and the log stays provable', async () => {
    expect(await archive()).toEqual({ code: 0, output: expect.stringContaining('Archived 2500 entries, 1 to 2500') });
    expect(await countEntries()).toBe(101);
    expect(await verify('--archive', file)).toEqual({
      code: 0,
      output: expect.stringMatching(
        /sound: 101 entries(.|\n)*checkpoint at entry 2500(.|\n)*entries 1 to 2500, and the log goes on/,
      ),
    });
    const { body } = await api.as('admin').post('/v1/audit-events/verify', {});
    expect(body).toMatchObject({ sound: true, done: true, after: 2500, entries: 101, checkpoint: { sequence: 2500 } });
    const { items } = (await api.as('admin').get('/v1/audit-events?type=audit.archived')).body;
    expect(items).toMatchObject([{ details: { entries: 2500, archive_sha256: expect.any(String) } }]);
    expect((await api.as('admin').get(`/v1/audit-events?to=${BEFORE}T00:00:00Z`)).body.items).toEqual([]);
    expect(await archive(`${file}.2`)).toEqual({ code: 0, output: 'Nothing is that old; nothing was archived.\n' });
  });

  it('goes on where the last archive ended, and each is proven by its own checkpoint', async () => {
    await archive();
    const second = `${file}.2`;
    expect((await run('archive-audit', ['--before', '2126-01-01', '--to', second])).code).toBe(0);
    expect(await verify('--archive', file, '--archive', second)).toMatchObject({ code: 0 });
    const lines = (await readFile(second, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!).archive_end).toMatchObject({ first_sequence: 2501, entries: lines.length - 1 });
  });

  it('says when an archive was changed, cut off or is not the one', async () => {
    await archive();
    const text = await readFile(file, 'utf8');
    const broken = join(directory.path, 'broken.ndjson');
    for (const [content, problem] of [
      [text.replace('old 7 ', 'old 8 '), /broken at entry 8: its content/],
      [text.replace(/^.*"sequence":9,.*\n/m, ''), /broken at entry 9: the entry is missing/],
      [text.slice(0, text.length / 2), /broken off/],
      [text.slice(0, text.lastIndexOf('{"archive_end"')), /has no end/],
      [text.replace('"place":3', '"place": 3'), /is not the archive that the checkpoint/],
    ] as const) {
      await writeFile(broken, content);
      expect(await verify('--archive', broken)).toEqual({ code: 1, output: expect.stringMatching(problem) });
    }
  });

  it('deletes nothing without a key, over a file that is there, or of a log that is broken', async () => {
    expect(await archive(file, { HALLPASS_AUDIT_SIGNING_KEY: '' })).toEqual({
      code: 1,
      output: expect.stringContaining('HALLPASS_AUDIT_SIGNING_KEY'),
    });
    await writeFile(file, 'mine\n');
    expect(await archive()).toEqual({ code: 1, output: expect.stringContaining('no entry') });
    expect(await readFile(file, 'utf8')).toBe('mine\n');
    await knex.raw('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
    await knex('audit_entries').where({ sequence: 100 }).update({ summary: 'doctored' });
    await knex.raw('ALTER TABLE audit_entries ENABLE TRIGGER ALL');
    const other = `${file}.2`;
    expect(await archive(other)).toEqual({ code: 1, output: expect.stringContaining('broken at entry 100') });
    expect(await countEntries()).toBe(2_600);
    expect((await readdir(directory.path)).filter((name) => other.endsWith(name) || name.includes('.partial'))).toEqual(
      [],
    );
    expect((await run('archive-audit', ['--before', 'soon'])).code).toBe(78);
  });

  it('goes on with a whole file that a crash left behind, and not with another', async () => {
    // As after a crash between the file and the checkpoint.
    await writeArchive(knex, file, GENESIS, 2_000);
    expect(await countEntries()).toBe(2_600);
    expect(await verify()).toMatchObject({ code: 0 });
    expect(await archive()).toEqual({ code: 0, output: expect.stringContaining('Archived 2000 entries, 1 to 2000') });
    expect(await archive()).toEqual({ code: 1, output: expect.stringContaining('Choose another name') });
    expect(await archive(`${file}.2`)).toMatchObject({ code: 0 });
    expect(await verify('--archive', file, '--archive', `${file}.2`)).toMatchObject({ code: 0 });
  });

  it('leaves everything in place when it dies in the middle of deleting', async () => {
    await writeArchive(knex, file, GENESIS, oldEntries);
    const [row] = await knex('audit_entries').where({ sequence: oldEntries }).select('hash');
    await expect(
      knex.transaction(async (trx) => {
        await trx('audit_checkpoints').insert(checkpoint({ sequence: oldEntries, hash: row.hash }));
        await trx('audit_entries').where('sequence', '<=', oldEntries).delete();
        await trx.raw('SELECT pg_terminate_backend(pg_backend_pid())');
      }),
    ).rejects.toThrow();
    expect(await countEntries()).toBe(2_600);
    expect(await knex('audit_checkpoints')).toEqual([]);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  function checkpoint(part: object): object {
    return {
      first_sequence: 1,
      sequence: 10,
      previous_hash: GENESIS.hash,
      hash: 'x',
      entries: oldEntries,
      archive_name: 'a',
      archive_sha256: 'b',
      time: new Date(),
      signature: 'none',
      ...part,
    };
  }

  it('is the only way to delete: what is under no checkpoint of the same transaction stays', async () => {
    const only = /only grows/;
    await expect(knex('audit_entries').delete()).rejects.toThrow(only);
    await archive();
    await expect(knex('audit_entries').where({ sequence: 2_501 }).delete()).rejects.toThrow(only);
    await expect(knex('audit_checkpoints').delete()).rejects.toThrow(only);
    await expect(knex('audit_checkpoints').update({ entries: 1 })).rejects.toThrow(only);
    await expect(knex.raw('TRUNCATE audit_checkpoints')).rejects.toThrow(only);
    const [row] = await knex('audit_entries').where({ sequence: 2_510 }).select('hash');
    const { hash: previous_hash } = await knex('audit_checkpoints').first();
    const next = { first_sequence: 2_501, sequence: 2_510, previous_hash, hash: row.hash, entries: 10 };
    await expect(knex('audit_checkpoints').insert(checkpoint({ ...next, hash: 'x' }))).rejects.toThrow(/name an entry/);
    await expect(knex('audit_checkpoints').insert(checkpoint({ ...next, previous_hash: 'x' }))).rejects.toThrow(
      /go on/,
    );
    await expect(
      knex.transaction(async (trx) => {
        await trx('audit_checkpoints').insert(checkpoint(next));
        await trx('audit_entries').where({ sequence: 2_511 }).delete();
      }),
    ).rejects.toThrow(only);
    // Whoever has the application's rights can cut under a checkpoint of their own, and can't sign it.
    await knex.transaction(async (trx) => {
      await trx('audit_checkpoints').insert(checkpoint(next));
      await trx('audit_entries').where('sequence', '<=', 2_510).delete();
    });
    expect(await verify()).toEqual({
      code: 1,
      output: expect.stringContaining('broken at entry 2510: its checkpoint was signed by none of the known keys'),
    });
  });
});
