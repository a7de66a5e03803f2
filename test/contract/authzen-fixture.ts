import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resourceSchema, type Resource } from '../../core/access/resource.ts';
import { subjectSchema, type Subject } from '../../core/access/subject.ts';
import { DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT } from '../../core/decision/policy-bundle.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { findOpa } from '../../policies/find-opa.ts';
import { startSidecar, type TestSidecar } from '../proxy/support/sidecar.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const SOURCES = join(import.meta.dirname, 'authzen-policy');

/** What the sidecar calls itself in its metadata: TLS ends in front of it. */
export const PDP_URL = 'https://pdp.example.com';

function user(id: string, attributes: Subject['attributes']): Fact {
  const email = `${id}@example.com`;
  return {
    kind: 'subject',
    id,
    value: subjectSchema.parse({ id, sub: `sub-${id}`, email, name: id, role: 'member', attributes }),
  };
}

/** A `record` of the scenario is a feature that apps know as one. */
function record(id: string, attributes: Resource['attributes']): Fact {
  const value = resourceSchema.parse({
    type: 'feature',
    id,
    name: id,
    attributes: { authzen_type: 'record', ...attributes },
  });
  return { kind: 'resource', id: `feature:${id}`, value };
}

/** Certification scenario, "Required Fixture": two subjects, two resources. */
const FACTS: readonly Fact[] = [
  user('alice', {}),
  user('bob', { role: 'admin' }),
  record('record-1', { status: 'active' }),
  record('record-2', { status: 'archived' }),
];

/** The real sidecar with the scenario's facts, and its policy compiled from test/contract/authzen-policy. */
export async function startFixture(): Promise<TestSidecar> {
  const directory = await makeTemporaryDirectory('authzen');
  const bundle = join(directory.path, 'bundle.tar.gz');
  const opa = await findOpa(process.env, () => {});
  const entrypoints = [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT].flatMap((entrypoint) => ['-e', entrypoint]);
  await promisify(execFile)(opa, ['build', '--target=wasm', ...entrypoints, `--output=${bundle}`, SOURCES]);
  const sidecar = await startSidecar({
    facts: FACTS,
    config: {
      policy: { bundle },
      decision_api: { port: 0, public_url: PDP_URL, actions: ['read', 'write', 'delete'] },
    },
  });
  return {
    ...sidecar,
    stop: async () => {
      await sidecar.stop();
      await directory.remove();
    },
  };
}

/** Entities of the scenario's requests. */
export const alice = { type: 'user', id: 'alice' };
export const bob = { type: 'user', id: 'bob' };
export const adminBob = { ...bob, properties: { role: 'admin' } };
export const record1 = { type: 'record', id: 'record-1' };
export const record2 = { type: 'record', id: 'record-2' };
export const archived = { ...record2, properties: { status: 'archived' } };
export const read = { name: 'read' };
export const write = { name: 'write' };
export const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The body of what must be a success. */
export async function ask(url: string, body: unknown): Promise<Record<string, any>> {
  const answer = await post(url, body);
  const type = answer.headers.get('content-type');
  if (answer.status !== 200 || type !== 'application/json') throw new Error(`${url}: ${answer.status} ${type}`);
  return (await answer.json()) as Record<string, any>;
}
