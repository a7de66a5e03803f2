import { readFile, rename, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar';

/** The bundle at `path` with another revision and other roles for actions: compiled Rego, other tables. Replaced at once. */
export async function changeBundle(
  path: string,
  revision: string,
  actionRoles: Readonly<Record<string, string>>,
): Promise<void> {
  const entries = await unpackTar(gunzipSync(await readFile(path)));
  const changed = entries.map(({ header, data }) => {
    const name = header.name.replace(/^\//, '');
    let bytes: Uint8Array = data ?? new Uint8Array();
    if (name === 'data.json') bytes = edit(bytes, (json) => void (json.hallpass.settings.action_roles = actionRoles));
    if (name === '.manifest') bytes = edit(bytes, (json) => void (json.revision = revision));
    return { header: { ...header, size: bytes.byteLength }, body: bytes };
  });
  await replaceFile(path, gzipSync(await packTar(changed)));
}

export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

// oxlint-disable-next-line typescript/no-explicit-any -- the tables of a policy have no fixed shape
function edit(bytes: Uint8Array, change: (json: any) => void): Uint8Array {
  const json: unknown = JSON.parse(Buffer.from(bytes).toString());
  change(json);
  return Buffer.from(JSON.stringify(json));
}
