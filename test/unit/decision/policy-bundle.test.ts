import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { MAX_BUNDLE_BYTES, MAX_UNPACKED_BYTES } from '../../../core/decision/bundle-archive.ts';
import { DECISION_ENTRYPOINT, readPolicyBundle, REQUEST_ENTRYPOINT } from '../../../core/decision/policy-bundle.ts';
import { PolicyEngineError } from '../../../core/decision/policy-engine.ts';

const MANIFEST = {
  revision: 'r1',
  wasm: [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT].map((entrypoint) => ({ entrypoint, module: '/policy.wasm' })),
};
const GOOD = { '.manifest': JSON.stringify(MANIFEST), 'policy.wasm': 'wasm bytes', 'data.json': '{"a":1}' };

function file(name: string, body: string): TarEntry {
  return { header: { name, size: Buffer.byteLength(body), type: 'file' }, body };
}

async function pack(files: Record<string, string>, more: TarEntry[] = []): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([name, body]) => file(name, body));
  return gzipSync(await packTar([...entries, ...more]));
}

function without(name: keyof typeof GOOD): Record<string, string> {
  return Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));
}

/** The bundle is refused, by an error of the port, in words that name the reason. */
async function expectRefused(bytes: Uint8Array | Promise<Uint8Array>, words: RegExp): Promise<void> {
  const error: unknown = await readPolicyBundle(await bytes).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PolicyEngineError);
  expect((error as Error).message).toMatch(words);
}

/** The revision of a bundle whose manifest names none. */
async function revisionOf(files: Record<string, string>): Promise<string> {
  const manifest = JSON.stringify({ wasm: MANIFEST.wasm });
  return (await readPolicyBundle(await pack({ ...GOOD, '.manifest': manifest, ...files }))).revision;
}

describe('readPolicyBundle', () => {
  it('reads the module, the tables and the revision', async () => {
    const bundle = await readPolicyBundle(await pack(GOOD));
    expect(Buffer.from(bundle.wasm).toString()).toBe('wasm bytes');
    expect(bundle.data).toEqual({ a: 1 });
    expect(bundle.revision).toBe('r1');
  });

  it.each(['/', './', ''])('takes paths that begin with "%s", and sources beside them', async (prefix) => {
    const files = Object.fromEntries(Object.entries(GOOD).map(([name, body]) => [prefix + name, body]));
    const bundle = await readPolicyBundle(await pack({ ...files, [`${prefix}authz/decision.rego`]: 'package p' }));
    expect(bundle.revision).toBe('r1');
  });

  it('takes a bundle without tables', async () => {
    expect((await readPolicyBundle(await pack(without('data.json')))).data).toEqual({});
  });

  it('names a bundle without a revision after its content', async () => {
    const first = await revisionOf({});
    expect(first).toMatch(/^sha256:[0-9a-f]{16}$/);
    expect(await revisionOf({})).toBe(first);
    expect(await revisionOf({ 'policy.wasm': 'other bytes' })).not.toBe(first);
    expect(await revisionOf({ 'data.json': '{"a":2}' })).not.toBe(first);
  });

  it('says what is missing', async () => {
    await expectRefused(pack(without('.manifest')), /no \.manifest/);
    await expectRefused(pack(without('policy.wasm')), /no policy\.wasm/);
    await expectRefused(pack({}), /no \.manifest/);
  });

  it.each([DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT])('misses the entrypoint %s', async (entrypoint) => {
    const wasm = MANIFEST.wasm.filter((resolver) => resolver.entrypoint !== entrypoint);
    await expectRefused(pack({ ...GOOD, '.manifest': JSON.stringify({ ...MANIFEST, wasm }) }), new RegExp(entrypoint));
  });

  it('refuses a manifest it can not follow', async () => {
    await expectRefused(pack({ ...GOOD, '.manifest': '{' }), /\.manifest .* not JSON/);
    await expectRefused(pack({ ...GOOD, '.manifest': '{"revision":1}' }), /\.manifest .* malformed[^]*revision/);
    const wasm = MANIFEST.wasm.map((resolver) => ({ ...resolver, module: '/other/policy.wasm' }));
    await expectRefused(pack({ ...GOOD, '.manifest': JSON.stringify({ wasm }) }), /one module for all/);
  });

  it('refuses tables it would not read whole', async () => {
    await expectRefused(pack({ ...GOOD, 'data.json': '[]' }), /data\.json .* object/);
    await expectRefused(pack({ ...GOOD, 'data.json': '{"a":\u0000}' }), /data\.json .* not JSON/);
    await expectRefused(pack({ ...GOOD, 'tables/data.json': '{}' }), /tables\/data\.json/);
    await expectRefused(pack({ ...GOOD, 'data.yaml': 'a: 1' }), /data\.yaml/);
  });

  it('refuses two files of one name', async () => {
    await expectRefused(pack(GOOD, [file('/policy.wasm', 'other')]), /policy\.wasm more than once/);
  });

  it('does not follow links', async () => {
    const link: TarEntry = { header: { name: 'policy.wasm', size: 0, type: 'symlink', linkname: '/etc/passwd' } };
    await expectRefused(pack(without('policy.wasm'), [link]), /no policy\.wasm/);
  });

  it('refuses what is no archive, or not all of one', async () => {
    const whole = await pack(GOOD);
    await expectRefused(new Uint8Array(), /no whole gzip/);
    await expectRefused(Buffer.from('not gzip'), /no whole gzip/);
    await expectRefused(whole.subarray(0, whole.length - 20), /no whole gzip/);
    await expectRefused(gzipSync('not a tar archive'.repeat(100)), /no readable tar/);
    const tar = await packTar(Object.entries(GOOD).map(([name, body]) => file(name, body)));
    await expectRefused(gzipSync(tar.subarray(0, 700)), /no readable tar|no \.manifest|no policy\.wasm/);
  });

  it('refuses what is too large, packed or unpacked', async () => {
    await expectRefused(new Uint8Array(MAX_BUNDLE_BYTES + 1), /larger than/);
    await expectRefused(gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1)), /unpacked/);
  });
});
