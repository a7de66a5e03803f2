/**
 * `npm run policies:build` compiles the Rego to policies/bundle/policy.tar.gz.
 * With `-- --check` it writes nothing and exits 1 when the bundle there is not what the sources compile to.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createOpaPolicyEngine } from '../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../core/decision/policy-bundle.ts';
import { BUNDLE_PATH, compilePolicies } from './compile-policies.ts';
import { findOpa } from './find-opa.ts';

async function build(check: boolean): Promise<void> {
  const opa = await findOpa(process.env, (line) => console.error(line));
  const bytes = await compilePolicies(opa);
  const bundle = await readPolicyBundle(bytes);
  // Refuses here, with the names, what a sidecar would refuse: built-ins that are not there at run time.
  await createOpaPolicyEngine(bundle);
  const shown = path.relative(process.cwd(), BUNDLE_PATH);
  if (!check) {
    await mkdir(path.dirname(BUNDLE_PATH), { recursive: true });
    await writeFile(BUNDLE_PATH, bytes);
    console.log(`${shown}: ${bytes.byteLength} bytes, revision ${bundle.revision}`);
    return;
  }
  const committed = await readFile(BUNDLE_PATH).catch(() => null);
  if (committed === null || !isSameContent(committed, bytes)) {
    throw new Error(`${shown} is not what the sources compile to. Run \`npm run policies:build\` and commit it.`);
  }
  console.log(`${shown} is what the sources compile to, revision ${bundle.revision}`);
}

/** Compared unpacked: two builds of zlib may compress the same bytes differently. */
function isSameContent(committed: Uint8Array, built: Uint8Array): boolean {
  try {
    return gunzipSync(committed).equals(gunzipSync(built));
  } catch {
    return false;
  }
}

try {
  await build(process.argv.includes('--check'));
} catch (error) {
  // opa writes what is wrong with the Rego to stdout.
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  console.error((stderr + stdout).trim() || message);
  process.exitCode = 1;
}
