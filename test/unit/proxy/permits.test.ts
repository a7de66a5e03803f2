import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { DecisionMemo } from '../../../core/decision/decision-memo.ts';
import { createOpaPolicyEngine } from '../../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../../core/decision/policy-bundle.ts';
import type { PolicyEngine } from '../../../core/decision/policy-engine.ts';
import type { Fact } from '../../../core/feed/fact.ts';
import { proxyConfigSchema } from '../../../proxy/config.ts';
import { Gate } from '../../../proxy/gate/gate.ts';
import { Judge } from '../../../proxy/gate/judge.ts';
import { Permits } from '../../../proxy/gate/permits.ts';
import type { Permit } from '../../../proxy/gate/permit.ts';
import type { RequestHead } from '../../../proxy/gate/request-head.ts';
import { RouteTable } from '../../../proxy/gate/route-table.ts';
import type { Verdict } from '../../../proxy/gate/verdict.ts';
import { AssertionKeys } from '../../../proxy/identity/assertion-keys.ts';
import { Assertions } from '../../../proxy/identity/assertions.ts';
import type { Identities } from '../../../proxy/identity/identities.ts';
import { grant, person } from '../../proxy/support/facts.ts';
import { anyFact, factsOf, KEYS, moment, NAMES, START } from '../../support/any-facts.ts';

const PUBLIC_URL = 'https://proxy.example.com';
const upstream = 'http://upstream.internal:8080/base';
const { routes: ROUTES } = proxyConfigSchema.parse({
  public_url: PUBLIC_URL,
  console_url: 'https://console.example.com',
  proxy: {},
  control_plane: { url: 'http://127.0.0.1:1' },
  identity: { jwt: { jwks_url: 'http://127.0.0.1:1', issuer: 'i', audience: 'a' } },
  policy: { bundle: 'policy.tar.gz' },
  routes: [
    ...KEYS.map((resource) => ({ path: `/${resource.split(':')[1]}`, resource, upstream })),
    { path: '/other', resource: 'connection:x', upstream, assertion: 'upstream' as const, preserve_host: true },
    { path: '/x', host: 'x.example.com', resource: 'feature:f', upstream, forward_authorization: true },
  ],
});

/** Every name that the gate sends itself. */
const SPOOFED = [
  'via',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'x-hallpass-subject',
  'x-hallpass-email',
  'x-hallpass-role',
  'x-hallpass-evaluation-id',
  'x-hallpass-assertion',
].flatMap((name) => [name, 'spoofed']);

type Step =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'swap'; readonly what: 'facts' | 'policy' | 'stale' }
  | { readonly kind: 'ask'; readonly request: RequestHead; readonly upgrade: boolean };

/** Who is known by a `sub` changes too: one person goes by another's, an address is another's. */
const anyPerson: fc.Arbitrary<Fact> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    sub: fc.constantFrom(...NAMES),
    email: fc.constantFrom('old@example.com', 'new@example.com'),
    disabled: fc.boolean(),
  })
  .map(({ name, sub, email, disabled }) => person(name, 'member', { sub: `sub-${sub}`, email, disabled }));

const anyRequest: fc.Arbitrary<Step> = fc
  .record({
    name: fc.constantFrom(...NAMES, 'nobody'),
    path: fc.constantFrom('/x/things', '/x', '/t', '/f?q=1', '/other/y', '/none'),
    method: fc.constantFrom('GET', 'GET', 'POST'),
    host: fc.constantFrom('proxy.example.com', 'x.example.com:8443'),
    own: fc.constantFrom<string[]>([], ['Accept', 'text/html', 'Cookie', 'a=1; hallpass_x=2'], SPOOFED),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    upgrade: fc.constantFrom(false, false, false, true),
    ends: fc.constantFrom('100', '200'),
  })
  .map(({ name, path, method, host, own, address, upgrade, ends }) => {
    const handshake = ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13'];
    const all = ['Host', host, 'Test-Sub', `sub-${name}`, 'Test-Ends', ends, 'Authorization', 'Basic eA==', ...own];
    const rawHeaders = upgrade ? [...all, ...handshake, 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='] : all;
    const headers: Record<string, string> = {};
    for (let index = 0; index < rawHeaders.length; index += 2) {
      headers[rawHeaders[index]!.toLowerCase()] = rawHeaders[index + 1]!;
    }
    const socket = { remoteAddress: address };
    const request = { method: upgrade ? 'GET' : method, url: path, httpVersion: '1.1', rawHeaders, headers, socket };
    return { kind: 'ask', request, upgrade };
  });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(anyFact, anyPerson).map((fact) => ({ kind: 'fact' as const, fact })) },
  { weight: 2, arbitrary: moment.map((ms) => ({ kind: 'time' as const, ms })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('facts' as const, 'policy' as const, 'stale' as const).map((what) => ({
      kind: 'swap' as const,
      what,
    })),
  },
  { weight: 16, arbitrary: anyRequest },
);

const identities = {
  identify: (request: RequestHead) => ({
    ok: true,
    sub: request.headers['test-sub'] as string,
    isAmbient: false,
    endsAtMs: Number(request.headers['test-ends']),
  }),
} as unknown as Identities;

/** All of a verdict that is not of one asking alone. */
function told(verdict: Verdict): unknown {
  if (!verdict.allowed) return { ...verdict, decision: { ...verdict.decision, evaluation_id: '' } };
  const { headers, decision, ...rest } = verdict;
  const { 'x-hallpass-assertion': assertion, ...sent } = headers.toObject();
  expect(sent['x-hallpass-evaluation-id']).toBe(decision.evaluation_id);
  const names = headers.flat.filter((_text, index) => index % 2 === 0);
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  // Both may have been made at another time of theirs; each of them is checked by itself.
  const { iat: _iat, exp: _exp, ...claims } = decodeJwt(assertion as string);
  return {
    ...rest,
    decision: { ...decision, evaluation_id: '' },
    sent: { ...sent, 'x-hallpass-evaluation-id': '' },
    claims,
  };
}

describe('the gate with permits', () => {
  let engines: PolicyEngine[];
  beforeAll(async () => {
    const bundle = await readPolicyBundle(await readFile('policies/bundle/policy.tar.gz'));
    const data = structuredClone(bundle.data) as { hallpass: { settings: { action_roles: Record<string, string> } } };
    delete data.hallpass.settings.action_roles['write'];
    engines = [
      await createOpaPolicyEngine(bundle),
      await createOpaPolicyEngine({ ...bundle, revision: 'another', data }),
    ];
  });

  it.each([0, 2, 5, 1_000])('says what it says without, whatever happens in between; %d permits', (maxPermits) => {
    let repeated = 0;
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 20, maxLength: 80 }), (steps) => {
        let facts = factsOf(START);
        let [engine] = engines;
        let nowMs = 5;
        let isStale = false;
        const source = { inUse: () => (isStale ? ('facts-stale' as const) : facts), revision: 1 };
        const policy = {
          get engine() {
            return engine!;
          },
        };
        const keys = new AssertionKeys(86_400_000);
        const gateWith = (permits: number, memo: DecisionMemo): Gate =>
          new Gate(
            {
              publicUrl: PUBLIC_URL,
              consoleUrl: 'https://console.example.com',
              identityCookie: null,
              identityHeader: 'test-sub',
              assertions: new Assertions({ keys, issuer: PUBLIC_URL, lifetimeMs: 10, remembered: 100 }),
              maxHeaderCount: 100,
              cutsWhenCredentialEnds: true,
              maxPermits: permits,
            },
            new RouteTable(ROUTES),
            identities,
            new Judge(source, policy, () => nowMs, fail, memo),
          );
        const memo = new DecisionMemo(100);
        const repeats = countRepeats(memo);
        const gate = gateWith(maxPermits, memo);
        const plain = gateWith(0, new DecisionMemo(0));
        for (const step of steps) {
          if (step.kind === 'fact') facts.apply(structuredClone(step.fact));
          else if (step.kind === 'time') nowMs = step.ms;
          else if (step.kind === 'swap') {
            if (step.what === 'facts') facts = factsOf(structuredClone([...facts.all()]));
            else if (step.what === 'policy') engine = engines.find((other) => other !== engine);
            else isStale = !isStale;
          } else {
            const expected = told(plain.judge(step.request, step.upgrade) as Verdict);
            for (let time = 0; time < 2; time += 1) {
              const verdict = gate.judge(step.request, step.upgrade) as Verdict;
              expect(told(verdict)).toEqual(expected);
              if (verdict.allowed) expect(verdict.decision.evaluated_at).toBe(nowMs);
            }
          }
        }
        repeated += repeats();
      }),
      { numRuns: 60 },
    );
    if (maxPermits === 0) expect(repeated).toBe(0);
    else expect(repeated).toBeGreaterThan(20);
  });

  it('asserts to nobody a moment past the end of what carries the request', async () => {
    const facts = factsOf([...START, grant('grt_1', 'a', 'connection:x', { expiresAt: 7_500 })]);
    let nowMs = 0;
    const assertions = new Assertions({
      keys: new AssertionKeys(86_400_000),
      issuer: PUBLIC_URL,
      lifetimeMs: 4_000,
      remembered: 100,
    });
    const gate = new Gate(
      {
        publicUrl: PUBLIC_URL,
        consoleUrl: 'https://console.example.com',
        identityCookie: null,
        identityHeader: 'test-sub',
        assertions,
        maxHeaderCount: 100,
        cutsWhenCredentialEnds: false,
        maxPermits: 10,
      },
      new RouteTable(ROUTES),
      identities,
      new Judge({ inUse: () => facts, revision: 1 }, { engine: engines[0]! }, () => nowMs, fail, new DecisionMemo(10)),
    );
    const rawHeaders = ['Host', 'proxy.example.com', 'Test-Sub', 'sub-a'];
    const headers = { host: 'proxy.example.com', 'test-sub': 'sub-a' };
    const request = { method: 'GET', url: '/x', httpVersion: '1.1', rawHeaders, headers, socket: {} };
    const lastsUntil = (ms: number): number | null => {
      nowMs = ms;
      const verdict = gate.judge(request, false) as Verdict;
      return verdict.allowed ? decodeJwt(verdict.headers.get('x-hallpass-assertion')!).exp! : null;
    };
    expect([0, 1_999, 2_000, 3_999, 4_000, 7_499, 7_500].map(lastsUntil)).toEqual([4, 4, 6, 6, 7, 7, null]);
  });
});

describe('permits', () => {
  const table = new RouteTable(ROUTES);
  const route = table.find(null, '/x')!;
  const permitOf = (action = route.actions.get('GET')!): Permit => ({ route, action }) as unknown as Permit;

  it('are bounded, and what is used stays', () => {
    const permits = new Permits(10);
    const action = route.actions.get('GET')!;
    const used = permitOf();
    permits.keep('used', used);
    const held = (sub: string): boolean => permits.find(sub, route, action) !== null;
    for (let index = 0; index < 100; index += 1) {
      permits.keep(`sub-${index}`, permitOf());
      expect(permits.find('used', route, action)).toBe(used);
    }
    const all = Array.from({ length: 100 }, (_, index) => `sub-${index}`);
    expect(all.filter(held).length).toBeLessThanOrEqual(10);
    expect(held('sub-99')).toBe(true);
  });

  it('of one person are few, and one takes the place of one for the same', () => {
    const permits = new Permits(1_000);
    const actions = Array.from({ length: 40 }, (_, index) => ({ name: `a${index}`, method: 'GET' }));
    for (const action of actions) for (let time = 0; time < 3; time += 1) permits.keep('sub', permitOf(action));
    const last = permitOf(actions[39]);
    permits.keep('sub', last);
    expect(permits.find('sub', route, actions[39]!)).toBe(last);
    expect(actions.filter((action) => permits.find('sub', route, action) !== null)).toEqual(actions.slice(-16));
  });

  it('are for the route and the action they were kept for', () => {
    const permits = new Permits(10);
    permits.keep('sub', permitOf());
    expect(permits.find('sub', table.find(null, '/t')!, route.actions.get('GET')!)).toBeNull();
    expect(permits.find('sub', route, route.actions.get('POST')!)).toBeNull();
    expect(permits.find('sub2', route, route.actions.get('GET')!)).toBeNull();
  });
});

/** @returns how often an answer was taken again without looking for it */
function countRepeats(memo: DecisionMemo): () => number {
  const holds = memo.holds.bind(memo);
  let count = 0;
  memo.holds = (...args) => {
    const is = holds(...args);
    if (is) count += 1;
    return is;
  };
  return () => count;
}

function fail(error: unknown): never {
  throw error;
}
