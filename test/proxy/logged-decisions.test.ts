import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { answerText, interpretPolicy } from '../support/interpret-policy.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, resource, TEST_FACTS } from './support/facts.ts';
import { OpaReceiver, type LogEvent } from './support/opa-receiver.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const RULE = 'hallpass.authz.decision';
const FACTS = [
  ...TEST_FACTS,
  grant('grt_1', 'member', 'connection:aws-production', { expiresAt: Date.now() + 3_600_000 }),
  grant('grt_2', 'member2', 'scope:staging'),
  grant('grt_3', 'viewer', 'role:admin'),
  grant('grt_4', 'admin', 'target:billing-db'),
  resource('connection:unheard-of', { environment: 'staging', minimum_role: 'admin', attributes: { locked: 'yes' } }),
];
const PATHS = [
  '/connections/aws-production/é%20x',
  '/connections/aws-staging/x',
  '/connections/payroll/x',
  '/connections/unheard-of/x',
  '/targets/billing-db/x',
];
const PEOPLE = ['member', 'member2', 'viewer', 'admin'];

let receiver: OpaReceiver;
let sidecar: TestSidecar;
afterEach(async () => {
  await sidecar.stop();
  await receiver.stop();
});

/** The events of all people on all paths by two methods, and of some questions of an app. */
async function decideEverything(settings: ProxyConfigInput['decision_logs']): Promise<LogEvent[]> {
  receiver = new OpaReceiver();
  await receiver.start();
  const delays = { min_delay_ms: 10, max_delay_ms: 20 };
  const logs = { service: { url: receiver.url }, ...delays, ...settings };
  sidecar = await startSidecar({ facts: FACTS, config: { decision_logs: logs } });
  for (const name of PEOPLE) {
    for (const path of PATHS) {
      await (await sidecar.visit(name, path)).arrayBuffer();
      await (await sidecar.visit(name, path, { method: 'DELETE' })).arrayBuffer();
    }
    await fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: `per_${name}` },
        resource: { type: 'feature', id: 'cost-explorer', properties: { size: 1.5 } },
        action: { name: 'read' },
        context: { tenant: 'ä', nested: { list: [1, null, true] } },
      }),
    });
  }
  const expected = PEOPLE.length * (PATHS.length * 2 + 1);
  await waitUntil('all events', () => receiver.events.length === expected);
  return receiver.events;
}

async function expectSameAnswers(events: readonly LogEvent[]): Promise<void> {
  const interpreted = await interpretPolicy(
    RULE,
    events.map((event) => event.input),
  );
  const differing = events.filter((event, index) => answerText(event.result) !== answerText(interpreted.get(index)));
  expect(differing).toEqual([]);
  expect(new Set(events.map((event) => event.result!.reason)).size).toBeGreaterThan(4);
}

/** @returns exit code and what was printed */
function explain(args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['policies/explain.ts', ...args], { cwd: REPOSITORY }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    );
  });
}

describe('decisions that the sidecar has logged', () => {
  it('are decided by `opa eval` as they were, whole and with what is personal hidden', async () => {
    const whole = await decideEverything({ mask: [], app_context: true });
    await expectSameAnswers(whole);
    expect(whole[0]!.input!.subject).toMatchObject({ email: 'member@example.com' });
    await sidecar.stop();
    await receiver.stop();
    const hidden = await decideEverything({});
    await expectSameAnswers(hidden);
    expect(hidden.every((event) => event.erased!.includes('/input/subject/email'))).toBe(true);
  }, 60_000);

  it('are explained by a command that says whether the answer is the same', async () => {
    const events = await decideEverything({});
    const directory = await makeTemporaryDirectory('explain');
    try {
      const uploaded = join(directory.path, 'chunk.json.gz');
      await writeFile(uploaded, gzipSync(JSON.stringify(events)));
      const denied = events.find((event) => event.result!.allow === false)!;
      const same = await explain([uploaded, '--decision', denied.decision_id]);
      expect(same.text).toMatch(/The log hides .*\/input\/subject\/email[^]*Fail [^]*The answer is the logged one\./);
      expect(same.text).not.toContain('another revision');
      expect(same.code).toBe(0);

      const lines = join(directory.path, 'sidecar.log');
      const forged = { ...denied, result: { allow: true, reason: 'granted-scope', grants: [] } };
      await writeFile(lines, `{"msg":"another line"}\nno JSON\n${JSON.stringify(forged)}\n`);
      const other = await explain([lines, '--explain', 'notes']);
      expect(other.text).toContain('Logged was another answer: {"allow":true');
      expect(other.code).toBe(1);
      expect((await explain([lines, '--decision', 'ev_none'])).text).toContain('no decision ev_none');
      expect((await explain([])).text).toMatch(/^npm run policies:explain/);
    } finally {
      await directory.remove();
    }
  }, 60_000);
});
