import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compactVerify, createLocalJWKSet, createRemoteJWKSet } from 'jose';
import { readAdminConfig } from '../../admin-api/config.ts';
import { appendAuditEntries } from '../../admin-api/audit/append-audit-entries.ts';
import type { Knex } from '../../admin-api/db/knex.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { PROFILES } from '../support/test-services.ts';

const makeKey = () => generateKeyPairSync('ed25519').privateKey;
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicOf = (key: KeyObject) => {
  const { kty, crv, x } = key.export({ format: 'jwk' });
  return { kty, crv, x };
};

describe.each(PROFILES)('proving the audit log, %s', (profile) => {
  const [key, former] = [makeKey(), makeKey()];
  let api: TestAdminApi;
  let knex: Knex;
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory('ap');
    api = await startAdminApi(profile, {
      HALLPASS_AUDIT_SIGNING_KEY: JSON.stringify(key.export({ format: 'jwk' })),
      HALLPASS_AUDIT_RETIRED_KEYS: JSON.stringify({ keys: [publicOf(former)] }),
    });
    knex = api.running.parts.knex;
  });
  afterAll(async () => {
    await api.stop();
    await directory.remove();
  });

  function verify(args: readonly string[], env: Record<string, string> = {}) {
    return new Promise<{ code: number; output: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        ['admin-api/verify-audit.ts', ...args],
        {
          env: {
            ...process.env,
            DATABASE_URL: api.config.databaseUrl,
            HALLPASS_AUDIT_SIGNING_KEY: pemOf(key).replaceAll('\n', String.raw`\n`),
            ...env,
          },
        },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  async function keep(name: string): Promise<string> {
    const path = join(directory.path, name);
    await writeFile(path, JSON.stringify((await api.as('admin').get('/v1/audit-head')).body));
    return path;
  }

  async function doctored(sequence: number, work: () => Promise<void>): Promise<void> {
    const { summary } = await knex('audit_entries').where({ sequence }).first('summary');
    const change = async (text: string) => {
      await knex.raw('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
      await knex('audit_entries').where({ sequence }).update({ summary: text });
      await knex.raw('ALTER TABLE audit_entries ENABLE TRIGGER ALL');
    };
    await change('x');
    await work();
    await change(summary);
  }

  it('publishes the keys, old ones as well, and signs where the log ends', async () => {
    const jwks = createRemoteJWKSet(new URL(`${api.url}/.well-known/hallpass-audit-keys.json`));
    const { body } = await api.as('owner').get('/v1/audit-head');
    const { payload, protectedHeader } = await compactVerify(body.signature, jwks);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'hallpass-audit-head+jws', kid: body.key_id });
    const { sequence, hash, time } = body;
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ issuer: api.url, sequence, hash, time });
    expect(await knex('audit_head').first()).toMatchObject({ sequence, hash });
    const published = (await (await fetch(`${api.url}/.well-known/hallpass-audit-keys.json`)).json()) as {
      keys: Record<string, unknown>[];
    };
    expect(published.keys).toEqual([publicOf(key), publicOf(former)].map((one) => expect.objectContaining(one)));
    expect(published.keys.every((one) => !('d' in one))).toBe(true);
    const wrong = createLocalJWKSet({ keys: [{ ...publicOf(makeKey()), kid: body.key_id, alg: 'EdDSA' }] });
    await expect(compactVerify(body.signature, wrong)).rejects.toThrow();
    expect((await api.as('member').get('/v1/audit-head')).status).toBe(403);
  });

  it('shows by a head kept elsewhere that the log was cut off, and nothing when it was not', async () => {
    await knex.transaction((trx) =>
      appendAuditEntries(
        trx,
        [1, 2, 3].map((place) => ({ type: 'resource.changed', actor: null, subject: null, summary: `${place}` })),
        Date.now(),
      ),
    );
    const head = await keep('head.json');
    expect(await verify(['--head', head])).toEqual({ code: 0, output: expect.stringContaining('head that was kept') });
    // A key that has been retired since is still believed.
    const rotated = {
      HALLPASS_AUDIT_SIGNING_KEY: pemOf(makeKey()),
      HALLPASS_AUDIT_RETIRED_KEYS: JSON.stringify({ keys: [publicOf(key)] }),
    };
    expect(await verify(['--head', head], rotated)).toMatchObject({ code: 0 });
    const keys = join(directory.path, 'keys.json');
    await writeFile(keys, JSON.stringify({ keys: [publicOf(key)] }));
    expect(await verify(['--head', head, '--keys', keys], { HALLPASS_AUDIT_SIGNING_KEY: '' })).toMatchObject({
      code: 0,
    });
    expect(await verify(['--head', head], { HALLPASS_AUDIT_SIGNING_KEY: pemOf(makeKey()) })).toEqual({
      code: 1,
      output: expect.stringContaining('no head that a known key signed'),
    });

    // A thief who owns the tables cuts the tail off and makes the head row fit: the chain alone is sound.
    const { rows } = await knex.raw('SELECT * FROM audit_entries ORDER BY sequence DESC LIMIT 3');
    const cut = rows[2].sequence - 1;
    const last = await knex('audit_entries').where({ sequence: cut }).first();
    await knex.raw('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
    await knex('audit_entries').where('sequence', '>', cut).delete();
    await knex('audit_head').update({ sequence: cut, hash: last.hash });
    await knex.raw('ALTER TABLE audit_entries ENABLE TRIGGER ALL');
    expect(await verify([])).toMatchObject({ code: 0 });
    expect(await verify(['--head', head])).toEqual({
      code: 1,
      output: expect.stringContaining(`cut off: it ends at entry ${cut}, the head that was kept is entry ${cut + 3}`),
    });
    // And writes other entries in their place.
    await knex.transaction((trx) =>
      appendAuditEntries(
        trx,
        [4, 5, 6].map((place) => ({ type: 'resource.changed', actor: null, subject: null, summary: `${place}` })),
        Date.now(),
      ),
    );
    expect(await verify(['--head', head])).toEqual({ code: 1, output: expect.stringContaining('was rewritten') });
  });

  it('is walked in parts over the API, which name the first entry that does not hold, and is recorded', async () => {
    const filler = Array.from({ length: 1_000 }, (_, place) => ({
      type: 'resource.changed' as const,
      actor: null,
      subject: null,
      summary: `filler ${place}`,
    }));
    for (let round = 0; round < 21; round += 1)
      await knex.transaction((trx) => appendAuditEntries(trx, filler, Date.now()));
    const walk = async () => {
      const parts = [];
      let after: number | undefined;
      do {
        const { status, body } = await api
          .as('admin')
          .post('/v1/audit-events/verify', after === undefined ? {} : { after });
        expect(status).toBe(200);
        parts.push(body);
        after = body.to;
      } while (!parts.at(-1).done);
      return parts;
    };
    const parts = await walk();
    expect(parts.map(({ sound, done }) => [sound, done])).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(parts.reduce((sum, part) => sum + part.entries, 0)).toBe(parts[1].to);
    await doctored(20_500, async () => {
      const { id } = await knex('audit_entries').where({ sequence: 20_500 }).first('id');
      expect((await walk()).at(-1)).toMatchObject({
        sound: false,
        to: 20_499,
        broken: { sequence: 20_500, id, problem: 'its content does not match its hash' },
      });
    });
    const { items } = (await api.as('owner').get('/v1/audit-events?type=audit.verified')).body;
    expect(items.toReversed().map(({ details }: { details: object }) => details)).toMatchObject([
      { after: 0, sound: true, done: false },
      { after: 20_000, sound: true, done: true },
      { after: 0, sound: true, done: false },
      { after: 20_000, sound: false, broken: { sequence: 20_500 } },
    ]);
    expect((await api.as('member').post('/v1/audit-events/verify', {})).status).toBe(403);
    const beyond = await api.as('admin').post('/v1/audit-events/verify', { after: 10_000_000 });
    expect([beyond.status, beyond.body.errors[0].field]).toEqual([422, 'after']);
  }, 60_000);
});

describe('the keys of the audit log', () => {
  const read = (environment: Record<string, string>) =>
    readAdminConfig({ DATABASE_URL: 'postgresql://x', HALLPASS_ADMIN_PUBLIC_URL: 'http://x.test', ...environment })
      .audit;

  it('are the same key as PEM and as JWK, under the same name', () => {
    const key = makeKey();
    const kids = [
      pemOf(key),
      pemOf(key).replaceAll('\n', String.raw`\n`),
      JSON.stringify({ ...key.export({ format: 'jwk' }), kid: 'other' }),
    ].map((text) => read({ HALLPASS_AUDIT_SIGNING_KEY: text }).keys.signing?.kid);
    expect(new Set(kids).size).toBe(1);
  });

  it('are refused when they are none, without a word of them', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const text of ['secret-word', '{"kty":"OKP","d":"secret-word"}', pemOf(rsa)]) {
      const fail = () => read({ HALLPASS_AUDIT_SIGNING_KEY: text });
      expect(fail).toThrow(/HALLPASS_AUDIT_SIGNING_KEY: must be an Ed25519 private key/);
      expect(fail).not.toThrow(/secret-word/);
    }
    expect(() => read({ HALLPASS_AUDIT_RETIRED_KEYS: '{"keys":[{"kty":"RSA"}]}' })).toThrow(
      /HALLPASS_AUDIT_RETIRED_KEYS: must be a JWK Set/,
    );
    expect(read({}).keys).toEqual({ signing: null, published: [] });
  });
});
