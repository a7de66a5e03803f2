import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, errors } from 'undici';
import { startChild } from '../support/child-process.ts';
import { openWebSocket } from '../support/live-connection.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { percentilesOf } from './percentiles.ts';
import type { Measurement } from './report.ts';

const ROUNDS = 100;
const POLL_EVERY_MS = 1;
const ROUND_TIMEOUT_MS = 10_000;
const RESOURCE = { type: 'connection', id: 'aws-production' };
const PATH = '/connections/aws-production/echo';

/** One grant's life, in milliseconds since the request that caused it was sent. */
interface Round {
  readonly approveAnswered: number;
  readonly firstAllowed: number;
  readonly revokeAnswered: number;
  readonly firstRefused: number;
  readonly socketCut: number;
}

/**
 * On the whole stack of the quickstart: how long after an approval the first request passes, and after a revocation the
 * first is refused and an open WebSocket is cut; with the one sidecar, and with 99 more attached to the feed.
 */
export async function measurePropagation(): Promise<Measurement[]> {
  const stack = await startStack('embedded', { HALLPASS_LOG_LEVEL: 'warn' });
  try {
    const alone = await measure(stack, 1);
    const feedToken = await readFile(join(stack.dataDir, 'feed-token'), 'utf8');
    const others = startChild('test/bench/attached-sidecars.ts', [stack.urls.admin, feedToken, '99']);
    try {
      await others.line('attached');
      return [alone, await measure(stack, 100)];
    } finally {
      others.kill('SIGKILL');
      await others.ended;
    }
  } finally {
    await stack.stop();
  }
}

async function measure(stack: Stack, sidecars: number): Promise<Measurement> {
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index += 1) rounds.push(await liveOnce(stack));
  const of = (pick: (round: Round) => number): ReturnType<typeof percentilesOf> => percentilesOf(rounds.map(pick));
  return {
    bench: 'propagation',
    sidecars,
    poll_every_ms: POLL_EVERY_MS,
    approve_answered_ms: of((round) => round.approveAnswered),
    approve_to_first_200_ms: of((round) => round.firstAllowed),
    revoke_answered_ms: of((round) => round.revokeAnswered),
    revoke_to_first_403_ms: of((round) => round.firstRefused),
    revoke_to_socket_cut_ms: of((round) => round.socketCut),
    after_the_answer_ms: {
      first_200: of((round) => Math.max(0, round.firstAllowed - round.approveAnswered)),
      first_403: of((round) => Math.max(0, round.firstRefused - round.revokeAnswered)),
      socket_cut: of((round) => Math.max(0, round.socketCut - round.revokeAnswered)),
    },
  };
}

async function liveOnce(stack: Stack): Promise<Round> {
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
    const approveSent = performance.now();
    const allowed = until(proxy, token, 200);
    const approved = await admin.post(`/v1/access-requests/${asked.body.id}/approve`, {});
    const approveAnswered = performance.now() - approveSent;
    if (approved.status !== 200) throw new Error(`not approved: ${approved.status} ${approved.text}`);
    const firstAllowed = (await allowed) - approveSent;

    const socket = await openWebSocket(`${stack.urls.proxy}/connections/aws-production/ws`, token);
    const cut = socket.closed.then(() => performance.now());
    const revokeSent = performance.now();
    const refused = until(proxy, token, 403);
    const revoked = await admin.post(`/v1/grants/${approved.body.grant.id}/revoke`, {});
    const revokeAnswered = performance.now() - revokeSent;
    if (revoked.status !== 200) throw new Error(`not revoked: ${revoked.status} ${revoked.text}`);
    const firstRefused = (await refused) - revokeSent;
    const socketCut = (await cut) - revokeSent;
    return { approveAnswered, firstAllowed, revokeAnswered, firstRefused, socketCut };
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
