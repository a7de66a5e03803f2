import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fact } from '../../core/feed/fact.ts';
import { createLogger } from '../../core/process/logger.ts';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { buildWithOpa } from '../support/opa-bundle.ts';
import { waitUntil } from '../support/wait-until.ts';
import { replaceFile } from './support/change-bundle.ts';
import { grant, person, TEST_FACTS } from './support/facts.ts';
import { OpaReceiver, type LogEvent } from './support/opa-receiver.ts';
import { startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';

function withBadge(fact: Fact): Fact {
  return { ...fact, value: { ...fact.value, attributes: { badge: 'secret-badge' } } } as Fact;
}

const FACTS = [...TEST_FACTS, withBadge(person('member')), grant('grt_1', 'member', 'connection:aws-production')];
const PATH = '/connections/aws-production/echo';

let receiver: OpaReceiver;
let sidecar: TestSidecar;
beforeEach(async () => {
  receiver = new OpaReceiver();
  await receiver.start();
});
afterEach(async () => {
  await sidecar.stop();
  await receiver.stop();
});

type Settings = NonNullable<ProxyConfigInput['decision_logs']>;

async function start(logs: Settings | undefined, more: TestSidecarOptions = {}): Promise<void> {
  const delays = { min_delay_ms: 10, max_delay_ms: 20 };
  sidecar = await startSidecar({
    facts: FACTS,
    ...more,
    config: {
      labels: { cluster: 'test' },
      ...(logs === undefined ? {} : { decision_logs: { service: { url: receiver.url }, ...delays, ...logs } }),
      ...more.config,
    },
  });
}

/** The event of one decision, once it has arrived. */
async function eventOf(decisionId: string | null): Promise<LogEvent> {
  await waitUntil('the event', () => receiver.events.some((event) => event.decision_id === decisionId));
  return receiver.events.find((event) => event.decision_id === decisionId)!;
}

const denied = async (path: string, name: string | null = 'member'): Promise<string> => {
  const answer = await sidecar.visit(name, path);
  return ((await answer.json()) as { evaluation_id: string }).evaluation_id;
};
const count = async (outcome: string): Promise<number> => {
  const found = new RegExp(`decision_log_events_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await sidecar.metrics());
  return Number(found?.[1] ?? 0);
};

/** Lines of a log. */
function memoryLogger(level: 'info' | 'debug'): {
  lines: Record<string, unknown>[];
  logger: ReturnType<typeof createLogger>;
} {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n')) if (line !== '') lines.push(JSON.parse(line));
      done();
    },
  });
  return { lines, logger: createLogger('proxy', level, destination) };
}

describe('decision logs', () => {
  it('have the fields that OPA gives them', async () => {
    await start({}, { secrets: { decisionLogToken: 'log-token' } });
    const id = await denied('/connections/aws-staging/x?token=in-the-query');
    const event = await eventOf(id);
    expect(event).toMatchObject({
      labels: { cluster: 'test', id: sidecar.proxy.instance, version: expect.any(String) },
      bundles: { hallpass: { revision: expect.stringMatching(/^sha256:/) } },
      path: 'hallpass/authz/decision',
      input: {
        resource: { id: 'aws-staging' },
        action: { name: 'read', method: 'GET' },
        context: { path: '/connections/aws-staging/x' },
      },
      result: { allow: false, reason: 'no-grant' },
      requested_by: 'proxy',
      custom: { hallpass: { allow: false, reason: 'no-grant', subject: 'per_member', evaluated: true } },
    });
    expect(event.timestamp).toMatch(/^\d{4}-.*Z$/);
    expect(event.metrics['timer_rego_query_eval_ns']).toBeGreaterThan(0);
    expect(receiver.uploads[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: 'Bearer log-token',
    });
    expect(JSON.stringify(receiver.events)).not.toMatch(/in-the-query|log-token|Bearer/);
  });

  it('have every decision: allowed, refused without the policy, and asked by an app', async () => {
    await start({ app_context: true });
    await sidecar.visit('member', PATH);
    const missing = await eventOf(await denied(PATH, null));
    expect(missing.input).toBeUndefined();
    expect(missing).toMatchObject({
      result: { allow: false, reason: 'identity-missing' },
      custom: { hallpass: { evaluated: false, subject: null } },
    });
    await fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: 'member@example.com' },
        resource: { type: 'feature', id: 'cost-explorer' },
        action: { name: 'open' },
        context: { tenant: 'acme' },
      }),
    });
    await waitUntil('three events', () => receiver.events.length === 3);
    expect(receiver.events.find((event) => event.custom.hallpass['allow'] === true)).toMatchObject({
      result: { allow: true, grants: ['grt_1'] },
      custom: { hallpass: { grants: ['grt_1'] } },
    });
    expect(
      receiver.events.find((event) => event.custom.hallpass['resource'] === 'feature:cost-explorer'),
    ).toMatchObject({
      requested_by: 'decision-api',
      input: { context: { tenant: 'acme' } },
    });
  });

  it('hide what is personal, unless told otherwise, and say so', async () => {
    await start({});
    const event = await eventOf(await denied('/connections/aws-staging/x'));
    expect(event.erased).toEqual(['/input/subject/email', '/input/subject/attributes', '/input/context/source_ip']);
    expect(JSON.stringify(event)).not.toMatch(/member@example\.com|secret-badge|"source_ip":/);
    expect(event.input!.subject).toEqual({ id: 'per_member', role: 'member', groups: [] });
    await sidecar.stop();
    await start({ mask: [{ op: 'upsert', path: '/input/subject/attributes/badge', value: '***' }, '/result/request'] });
    const other = await eventOf(await denied('/connections/aws-staging/x'));
    expect(other.masked).toEqual(['/input/subject/attributes/badge']);
    expect(other.erased).toEqual(['/result/request']);
    expect(other.input!.subject).toMatchObject({ email: 'member@example.com', attributes: { badge: '***' } });
    expect(other.input!.context).toMatchObject({ source_ip: '127.0.0.1' });
    expect(other.result).not.toHaveProperty('request');
  });

  it('are masked copies: the next decision sees the facts as they are', async () => {
    await start({ mask: ['/input/subject/attributes/badge'] });
    for (let n = 0; n < 2; n += 1) {
      const event = await eventOf(await denied('/connections/aws-staging/x'));
      expect(event.erased).toEqual(['/input/subject/attributes/badge']);
    }
  });

  it('leave out what rules of the configuration drop', async () => {
    await start({ drop: [{ allow: true, action: 'read' }, { reason: 'identity-missing' }] });
    await sidecar.visit('member', PATH);
    await sidecar.visit('member', PATH, { method: 'POST', body: 'x' });
    await denied(PATH, null);
    const last = await denied('/connections/aws-staging/x');
    await eventOf(last);
    expect(receiver.events.map((event) => event.custom.hallpass['action'])).toEqual(['write', 'read']);
    expect(await count('dropped-by-rule')).toBe(2);
  });

  it('follow system.log.mask and system.log.drop of the policy; what can not be masked is not logged', async () => {
    await start({ mask: [] });
    const rules = (mask: string) => ({
      'log/log.rego': `package system.log\ndrop if input.result.allow == true\n${mask}\n`,
    });
    const entrypoints = ['system/log/mask', 'system/log/drop'];
    const masking = 'mask contains {"op": "upsert", "path": "/input/subject/email", "value": input.input.subject.id}';
    await replaceFile(sidecar.bundlePath, await buildWithOpa({ revision: 'a', files: rules(masking), entrypoints }));
    await waitUntil('the rules', async () => (await sidecar.metrics()).includes('revision="a"'));
    await sidecar.visit('member', PATH);
    const event = await eventOf(await denied('/connections/aws-staging/x'));
    expect(event).toMatchObject({ masked: ['/input/subject/email'], input: { subject: { email: 'per_member' } } });
    expect(receiver.events.filter(({ result }) => result?.allow === true)).toEqual([]);

    const broken = 'mask contains "/labels"';
    await replaceFile(sidecar.bundlePath, await buildWithOpa({ revision: 'b', files: rules(broken), entrypoints }));
    await waitUntil('the broken rule', async () => (await sidecar.metrics()).includes('revision="b"'));
    await denied('/connections/aws-staging/x');
    await waitUntil('it to be counted', async () => (await count('dropped-unmasked')) === 1);
    expect(receiver.events).toHaveLength(1);
  });
});

describe('the way to the decision log service', () => {
  it('keeps uploads within their size, and loses none', async () => {
    await start({ upload_size_limit_bytes: 1_024, min_delay_ms: 100, max_delay_ms: 100 });
    const ids = await Promise.all(Array.from({ length: 60 }, () => denied('/connections/aws-staging/x')));
    await waitUntil('all of them', () => receiver.events.length === 60);
    expect(new Set(receiver.events.map((event) => event.decision_id))).toEqual(new Set(ids));
    expect(Math.max(...receiver.uploads.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1_024);
    expect(receiver.uploads.length).toBeLessThan(60);
  });

  it('keeps what the service does not take, in order, and sends it when it does', async () => {
    receiver.failWith = 500;
    await start({});
    const first = await denied('/connections/aws-staging/1');
    await waitUntil('two failures', () => receiver.uploads.length >= 2);
    const second = await denied('/connections/aws-staging/2');
    receiver.failWith = null;
    await eventOf(second);
    expect(receiver.events.map((event) => event.decision_id)).toEqual([first, second]);
    expect(await sidecar.metrics()).toMatch(/decision_log_uploads_total\{result="failed"\} [2-9]/);
  });

  it('holds no request up and bounds what waits when the service is silent: the oldest make room', async () => {
    receiver.isSilent = true;
    await start({ buffer_size_limit_events: 5, request_timeout_ms: 60_000, flush_timeout_ms: 50 });
    for (let n = 0; n < 20; n += 1) expect((await sidecar.visit('member', PATH)).status).toBe(200);
    await waitUntil('the drops', async () => (await count('dropped-buffer')) > 0);
    await waitUntil('all to be logged', async () => (await count('logged')) === 20);
    expect(await sidecar.metrics()).toMatch(/decision_log_waiting\{stage="buffer"\} [0-5]\n/);
    const startedAt = Date.now();
    await sidecar.stop();
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(await sidecar.proxy.readiness()).toBeDefined();
  });

  it('takes what is left along at a stop', async () => {
    await start({ min_delay_ms: 60_000, max_delay_ms: 60_000 });
    const id = await denied('/connections/aws-staging/x');
    await sidecar.stop();
    expect(receiver.events.map((event) => event.decision_id)).toEqual([id]);
  });

  it('drops an event that fits no upload, and no other', async () => {
    await start({ upload_size_limit_bytes: 1_024, app_context: true });
    const noise = Array.from({ length: 200 }, (_, n) => `${n}-${Math.random()}`).join();
    const ask = (context: object) =>
      fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          subject: { type: 'user', id: 'member@example.com' },
          resource: { type: 'feature', id: 'cost-explorer' },
          action: { name: 'open' },
          context,
        }),
      });
    await ask({ noise });
    await ask({ small: true });
    await waitUntil('the other', () => receiver.events.length === 1);
    expect(receiver.events[0]!.input!.context).toMatchObject({ small: true });
    expect(await count('dropped-size')).toBe(1);
  });
});

describe('decisions on the console', () => {
  it('are lines as OPA writes them, where they are asked for', async () => {
    const { lines, logger } = memoryLogger('info');
    await start({ console: true }, { logger });
    const id = await denied('/connections/aws-staging/x');
    await waitUntil('the line', () => lines.some((line) => line['decision_id'] === id));
    expect(lines.find((line) => line['decision_id'] === id)).toMatchObject({
      type: 'openpolicyagent.org/decision_logs',
      msg: 'Decision Log',
      level: 'info',
      path: 'hallpass/authz/decision',
      result: { reason: 'no-grant' },
    });
  });

  it('are there at log level debug without being asked for, with what the policy printed', async () => {
    const { lines, logger } = memoryLogger('debug');
    await start(undefined, { logger });
    const files = {
      'authz/denied.rego':
        'package hallpass.authz\n\ndenied contains "x" if { print("who:", input.subject.id); false }\n',
    };
    await replaceFile(sidecar.bundlePath, await buildWithOpa({ revision: 'prints', files, print: true }));
    await waitUntil('the policy', async () => (await sidecar.metrics()).includes('revision="prints"'));
    const id = await denied('/connections/aws-staging/x');
    await waitUntil('the line', () => lines.some((line) => line['msg'] === 'print'));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'debug', decision_id: id, printed: 'who: per_member' }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 'debug', msg: 'Decision Log', decision_id: id }));
  });

  it('are neither made nor kept where nobody asks', async () => {
    const { lines, logger } = memoryLogger('info');
    await start(undefined, { logger });
    await denied('/connections/aws-staging/x');
    await waitUntil('the own line', () => lines.some((line) => line['msg'] === 'decision'));
    expect(lines.filter((line) => line['msg'] === 'Decision Log')).toEqual([]);
    expect(await count('logged')).toBe(0);
  });
});
