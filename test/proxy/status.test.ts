import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { changeBundle, replaceFile } from './support/change-bundle.ts';
import { OpaReceiver } from './support/opa-receiver.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const ROLES = { read: 'viewer', write: 'member', connect: 'member', admin: 'admin' };

interface Report {
  readonly labels: Record<string, string>;
  readonly bundles: Record<string, Record<string, unknown>>;
  readonly plugins: Record<string, { readonly state: string; readonly message?: string }>;
  readonly decision_logs?: Record<string, unknown>;
}

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

const reports = (): Report[] => receiver.reports as unknown as Report[];
const bundle = (): Record<string, unknown> => reports().at(-1)?.bundles['authz'] ?? {};

async function start(intervalMs = 60_000): Promise<void> {
  sidecar = await startSidecar({
    policy: { name: 'authz' },
    config: {
      labels: { cluster: 'test' },
      status: { service: { url: receiver.url }, interval_ms: intervalMs },
      decision_logs: { service: { url: receiver.url } },
    },
  });
}

describe('status', () => {
  it('is told at the start and at each change of the policy, as OPA tells it', async () => {
    await start();
    await waitUntil('the first report', () => bundle()['active_revision'] !== undefined);
    expect(reports().at(-1)).toMatchObject({
      labels: { cluster: 'test', id: sidecar.proxy.instance },
      bundles: { authz: { name: 'authz', type: 'snapshot', size: expect.any(Number) } },
      plugins: { bundle: { state: 'OK' }, decision_logs: { state: 'OK' }, status: { state: 'OK' } },
      decision_logs: { metrics: { buffered_events: 0 } },
    });
    for (const name of [
      'last_successful_activation',
      'last_successful_download',
      'last_successful_request',
      'last_request',
    ]) {
      expect(Date.now() - Date.parse(bundle()[name] as string)).toBeLessThan(60_000);
    }
    await changeBundle(sidecar.bundlePath, 'second', ROLES);
    await waitUntil('the second', () => bundle()['active_revision'] === 'second');
    expect(bundle()).not.toHaveProperty('code');
    await replaceFile(sidecar.bundlePath, 'broken');
    await waitUntil('the refusal', () => bundle()['code'] === 'bundle_error');
    expect(bundle()).toMatchObject({ active_revision: 'second', message: expect.stringMatching(/no whole gzip/) });
    expect(reports().at(-1)!.plugins['bundle']).toEqual({ state: 'OK' });
  });

  it('is told again from time to time, and after failures', async () => {
    receiver.failWith = 503;
    await start(200);
    await waitUntil('a failure', async () =>
      /status_reports_total\{result="failed"\} [1-9]/.test(await sidecar.metrics()),
    );
    receiver.failWith = null;
    await waitUntil('three reports', () => reports().length >= 3);
    expect(reports().at(-1)!.plugins['hallpass']).toEqual({ state: 'OK' });
  });
});
