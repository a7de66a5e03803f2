import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resourceSchema, type Resource } from '../../core/access/resource.ts';
import { subjectSchema, type Subject } from '../../core/access/subject.ts';
import { DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT } from '../../core/decision/policy-bundle.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { findOpa } from '../../policies/find-opa.ts';
import { addPerson } from '../../admin-api/people/change-person.ts';
import { putResource } from '../../admin-api/resources/resource-store.ts';
import { startSidecar } from '../proxy/support/sidecar.ts';
import { startAdminApi } from '../support/admin-api.ts';
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

/** Who answers the scenario's questions. */
export interface DecisionPoint {
  readonly url: string;
  /** Of the callers it wants; empty: it wants none. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const ACTIONS = ['read', 'write', 'delete'];
const CONTROL_TOKEN = 'a token for the scenario'.replaceAll(' ', '-');

/** Both places that speak the API, with the scenario's facts and its policy compiled from test/contract/authzen-policy. */
export const DECISION_POINTS = ['sidecar', 'control plane'] as const;

export async function startFixture(kind: (typeof DECISION_POINTS)[number]): Promise<DecisionPoint> {
  const directory = await makeTemporaryDirectory('authzen');
  const bundle = join(directory.path, 'bundle.tar.gz');
  const opa = await findOpa(process.env, () => {});
  const entrypoints = [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT].flatMap((entrypoint) => ['-e', entrypoint]);
  await promisify(execFile)(opa, ['build', '--target=wasm', ...entrypoints, `--output=${bundle}`, SOURCES]);
  const point = await (kind === 'sidecar' ? startSidecarPoint(bundle) : startControlPoint(bundle));
  return {
    ...point,
    stop: async () => {
      await point.stop();
      await directory.remove();
    },
  };
}

async function startSidecarPoint(bundle: string): Promise<DecisionPoint> {
  const sidecar = await startSidecar({
    facts: FACTS,
    config: {
      policy: { bundle },
      decision_api: { port: 0, public_url: PDP_URL, actions: ACTIONS, access_requests: 'off' },
    },
  });
  return { url: sidecar.decisionUrl, headers: {}, stop: sidecar.stop };
}

async function startControlPoint(bundle: string): Promise<DecisionPoint> {
  const environment = {
    HALLPASS_ADMIN_PUBLIC_URL: PDP_URL,
    HALLPASS_POLICY_BUNDLE: bundle,
    HALLPASS_DECISION_TOKEN: CONTROL_TOKEN,
    // The scenario is about the API alone.
    HALLPASS_ARAP_VERSIONS: 'off',
    HALLPASS_DECISION_ACTIONS: ACTIONS.join(),
  };
  const api = await startAdminApi('embedded', environment, async ({ parts: { run, knex } }) => {
    for (const { kind, value } of FACTS) {
      if (kind === 'resource' && value !== null) await putResource(run, null, value);
      if (kind !== 'subject' || value === null) continue;
      const { attributes, disabled: _, ...person } = value;
      await addPerson(run, null, person);
      // Attributes come from the identity provider, at a sign-in.
      await knex('people')
        .where({ id: value.id })
        .update({ attributes: JSON.stringify(attributes) });
    }
  });
  return { url: api.url, headers: { authorization: `Bearer ${CONTROL_TOKEN}` }, stop: api.stop };
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

export function post(
  point: DecisionPoint,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(point.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...point.headers, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The body of what must be a success. */
export async function ask(point: DecisionPoint, path: string, body: unknown): Promise<Record<string, any>> {
  const answer = await post(point, path, body);
  const type = answer.headers.get('content-type');
  if (answer.status !== 200 || type !== 'application/json') throw new Error(`${path}: ${answer.status} ${type}`);
  return (await answer.json()) as Record<string, any>;
}
