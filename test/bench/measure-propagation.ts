import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, errors } from 'undici';
import type { TestChild } from '../support/child-process.ts';
import { openWebSocket } from '../support/live-connection.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { startStopped } from './bench-field.ts';
import { percentilesOf, type Percentiles } from './percentiles.ts';
import type { Measurement, Tell } from './report.ts';
import { withStops } from './stop-list.ts';

/** Sidecars attached, and changes measured with so many. */
const SETTINGS = [
  [1, 100],
  [100, 100],
  [1_000, 20],
] as const;
const REPLICAS_A_PROCESS = 250;
const ATTACH_TIMEOUT_MS = 300_000;
const NANOSECONDS_IN_MS = 1e6;
const POLL_EVERY_MS = 1;
const ROUND_TIMEOUT_MS = 30_000;
const RESOURCE = { type: 'connection', id: 'aws-production' };
const PATH = '/connections/aws-production/echo';

/** One grant's life, in milliseconds since the request that caused it was sent. */
interface Round {
  readonly approveAnswered: number;
  readonly firstAllowed: number;
  readonly revokeAnswered: number;
  readonly firstRefused: number;
  readonly socketCut: number;
  /** When the other sidecars had it, each of them. */
  readonly approveApplied: readonly number[];
  readonly revokeApplied: readonly number[];
}

/**
 * On the whole stack of the quickstart: how long after an approval the first request passes, and after a revocation the
 * first is refused and an open WebSocket is cut; with the one sidecar, and with more attached to the feed, of which it is
 * told when each of them had the change.
 */
export async function measurePropagation(tell: Tell, args: readonly string[]): Promise<void> {
  const wanted = readSidecars(args);
  await withStops(async (stops) => {
    const stack = await startStack('embedded', { HALLPASS_LOG_LEVEL: 'warn' });
    stops.add(() => stack.stop());
    const feedToken = await readFile(join(stack.dataDir, 'feed-token'), 'utf8');
    const others: TestChild[] = [];
    let attached = 1;
    for (const [sidecars, rounds] of SETTINGS) {
      if (wanted !== null && wanted !== sidecars) continue;
      while (attached < sidecars) {
        const some = Math.min(REPLICAS_A_PROCESS, sidecars - attached);
        const child = startStopped('attached-sidecars.ts', [stack.urls.admin, feedToken, String(some)], stops);
        await child.line('attached', ATTACH_TIMEOUT_MS);
        others.push(child);
        attached += some;
      }
      tell(await measure(stack, sidecars, rounds, others));
    }
  });
}

async function measure(
  stack: Stack,
  sidecars: number,
  count: number,
  others: readonly TestChild[],
): Promise<Measurement> {
  const rounds: Round[] = [];
  for (let index = 0; index < count; index += 1) rounds.push(await liveOnce(stack, others));
  const of = (pick: (round: Round) => number): Percentiles => percentilesOf(rounds.map(pick));
  const ofEach = (pick: (round: Round) => readonly number[]): Percentiles | null =>
    others.length === 0 ? null : percentilesOf(rounds.flatMap(pick));
  const ofLast = (pick: (round: Round) => readonly number[]): Percentiles | null =>
    others.length === 0 ? null : percentilesOf(rounds.map((round) => Math.max(...pick(round))));
  return {
    bench: 'propagation',
    sidecars,
    poll_every_ms: POLL_EVERY_MS,
    approve_answered_ms: of((round) => round.approveAnswered),
    approve_to_first_200_ms: of((round) => round.firstAllowed),
    approve_to_each_sidecar_ms: ofEach((round) => round.approveApplied),
    approve_to_last_sidecar_ms: ofLast((round) => round.approveApplied),
    revoke_answered_ms: of((round) => round.revokeAnswered),
    revoke_to_first_403_ms: of((round) => round.firstRefused),
    revoke_to_socket_cut_ms: of((round) => round.socketCut),
    revoke_to_each_sidecar_ms: ofEach((round) => round.revokeApplied),
    revoke_to_last_sidecar_ms: ofLast((round) => round.revokeApplied),
    after_the_answer_ms: {
      first_200: of((round) => Math.max(0, round.firstAllowed - round.approveAnswered)),
      first_403: of((round) => Math.max(0, round.firstRefused - round.revokeAnswered)),
      socket_cut: of((round) => Math.max(0, round.socketCut - round.revokeAnswered)),
    },
  };
}

/** By the clock that the attached sidecars go by. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / NANOSECONDS_IN_MS;
}

/** Waits until all have the change and the control plane knows, so that the next one is measured by itself. */
async function appliedBy(others: readonly TestChild[], revision: number, sinceMs: number): Promise<number[]> {
  const lines = await Promise.all(others.map((child) => child.line(`applied ${revision} `, ROUND_TIMEOUT_MS)));
  await Promise.all(others.map((child) => child.line(`reported ${revision}`, ROUND_TIMEOUT_MS)));
  return lines.flatMap((line) => (JSON.parse(line.split(' ')[2]!) as number[]).map((atMs) => atMs - sinceMs));
}

async function liveOnce(stack: Stack, others: readonly TestChild[]): Promise<Round> {
  const member = await stack.api('member');
  const admin = await stack.api('admin');
  const token = await stack.tokenOf('member');
  const asked = await member.post('/v1/access-requests', {
    resource: RESOURCE,
    reason: 'Measured.',
    duration_seconds: 3_600,
  });
  if (asked.status !== 201) throw new Error(`not asked: ${asked.status} ${asked.text}`);

  const proxy = new Client(stack.urls.proxy);
  try {
    const approveSentMs = monotonicMs();
    const approveSent = performance.now();
    const allowed = until(proxy, token, 200);
    const approved = await admin.post(`/v1/access-requests/${asked.body.id}/approve`, {});
    const approveAnswered = performance.now() - approveSent;
    if (approved.status !== 200) throw new Error(`not approved: ${approved.status} ${approved.text}`);
    const firstAllowed = (await allowed) - approveSent;
    const approveApplied = await appliedBy(others, approved.body.feed_revision, approveSentMs);

    const socket = await openWebSocket(`${stack.urls.proxy}/connections/aws-production/ws`, token);
    const cut = socket.closed.then(() => performance.now());
    const revokeSentMs = monotonicMs();
    const revokeSent = performance.now();
    const refused = until(proxy, token, 403);
    const revoked = await admin.post(`/v1/grants/${approved.body.grant.id}/revoke`, {});
    const revokeAnswered = performance.now() - revokeSent;
    if (revoked.status !== 200) throw new Error(`not revoked: ${revoked.status} ${revoked.text}`);
    const firstRefused = (await refused) - revokeSent;
    const socketCut = (await cut) - revokeSent;
    const revokeApplied = await appliedBy(others, revoked.body.feed_revision, revokeSentMs);
    return { approveAnswered, firstAllowed, revokeAnswered, firstRefused, socketCut, approveApplied, revokeApplied };
  } finally {
    await proxy.close();
  }
}

/** Asks over and over, on one connection. @returns when the first answer with this status was there */
async function until(proxy: Client, token: string, status: number): Promise<number> {
  const deadline = performance.now() + ROUND_TIMEOUT_MS;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  while (performance.now() < deadline) {
    const answered = await ask(proxy, headers);
    if (answered === status) return performance.now();
    await delay(POLL_EVERY_MS);
  }
  throw new Error(`no ${status} within ${ROUND_TIMEOUT_MS} ms`);
}

/** @returns the status; null for an answer that was cut, as those are that were under way when access ended */
async function ask(proxy: Client, headers: Record<string, string>): Promise<number | null> {
  try {
    const { statusCode, body } = await proxy.request({ method: 'GET', path: PATH, headers });
    await body.dump();
    return statusCode;
  } catch (error) {
    if (error instanceof errors.UndiciError || (error as NodeJS.ErrnoException).code === 'ECONNRESET') return null;
    throw error;
  }
}

/** `--sidecars N`: with so many alone. */
function readSidecars(args: readonly string[]): number | null {
  const { values } = parseArgs({ args: [...args], options: { sidecars: { type: 'string' } } });
  if (values.sidecars === undefined) return null;
  const known = SETTINGS.map(([sidecars]) => sidecars);
  const wanted = known.find((sidecars) => String(sidecars) === values.sidecars);
  if (wanted === undefined) throw new Error(`--sidecars takes ${known.join(', ')}; got ${values.sidecars}.`);
  return wanted;
}
