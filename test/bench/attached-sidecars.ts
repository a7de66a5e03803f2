/**
 * Sidecars as the control plane sees them, many in one process: each with the real reader, replica and clock, registered,
 * reading the stream, reporting what it has applied. They carry no traffic. Prints `attached` once all have their facts;
 * then for each change `applied`, when each of them had it (CLOCK_MONOTONIC, which all processes share), and `reported`
 * once the control plane knows.
 */
import { newId } from '../../core/access/ids.ts';
import { createDenialKey } from '../../core/decision/denial-token.ts';
import { createLogger } from '../../core/process/logger.ts';
import { proxyConfigSchema } from '../../proxy/config.ts';
import { ControlPlane, type FeedPosition } from '../../proxy/facts/control-plane.ts';
import { FactSource } from '../../proxy/facts/fact-source.ts';
import { FeedReader } from '../../proxy/facts/feed-reader.ts';
import { TrustedClock } from '../../proxy/facts/trusted-clock.ts';

const NANOSECONDS_IN_MS = 1e6;
/** All at once would be a stampede that has nothing to do with what is measured. */
const ATTACHED_AT_ONCE = 20;

// They connect for ever: without this they would outlive whoever was killed before it could stop them.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 1_000).unref();

const [url, token, count] = process.argv.slice(2);
const logger = createLogger('proxy', 'error');
const { limits, facts: bounds } = proxyConfigSchema.parse({
  public_url: 'http://127.0.0.1:1',
  console_url: url,
  control_plane: { url },
  identity: { jwt: { jwks_url: url, issuer: 'nobody', audience: 'nobody' } },
  policy: { bundle: 'none' },
  routes: [{ path: '/', resource: 'connection:none', upstream: 'http://127.0.0.1:1' }],
});
const { publicJwk } = await createDenialKey();
const applied = new Map<number, number[]>();
const reported = new Map<number, number>();
let isAttached = false;

/** Says how far it has come like any other, and here as well. */
class CountingControlPlane extends ControlPlane {
  override async reportApplied(position: FeedPosition, clockSkewMs: number | null): Promise<void> {
    await super.reportApplied(position, clockSkewMs);
    if (!isAttached) return;
    const reports = (reported.get(position.revision) ?? 0) + 1;
    reported.set(position.revision, reports);
    if (reports === Number(count)) console.log(`reported ${position.revision}`);
  }
}

function attach(): Promise<void> {
  const instance = newId('sidecar');
  const clock = new TrustedClock(limits);
  const source = new FactSource(bounds.max_age_ms, clock);
  const controlPlane = new CountingControlPlane({
    url: url!,
    token: token!,
    instance,
    timeoutMs: limits.feed_request_timeout_ms,
    steady: clock.steady,
    onTime: (heard) => clock.hear(heard),
  });
  const registration = {
    public_url: 'http://127.0.0.1:1',
    resources: ['*'],
    denial_key: { ...publicJwk, kid: instance },
    policy_revision: null,
    version: 'bench',
  };
  const options = { controlPlane, patterns: ['*'], registration: () => registration, source, limits, logger };
  new FeedReader({ ...options, now: clock.steady, clockSkewMs: () => null }).start();
  return new Promise((resolve) => {
    source.onEvent((event) => {
      if (event.kind === 'changed') note(source.revision);
      resolve();
    });
  });
}

function note(revision: number): void {
  const times = applied.get(revision) ?? [];
  applied.set(revision, times);
  times.push(Number(process.hrtime.bigint()) / NANOSECONDS_IN_MS);
  if (times.length === Number(count)) console.log(`applied ${revision} ${JSON.stringify(times)}`);
}

for (let attached = 0; attached < Number(count); attached += ATTACHED_AT_ONCE) {
  const some = Math.min(ATTACHED_AT_ONCE, Number(count) - attached);
  await Promise.all(Array.from({ length: some }, attach));
}
isAttached = true;
console.log('attached');
