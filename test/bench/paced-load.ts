/**
 * In a process of its own: requests at a constant rate, whatever becomes of them. Each is due at a moment laid down
 * beforehand, and its latency counts from then: one that has to wait, because all connections wait for answers, has waited
 * (closed-loop generators such as wrk leave that out, which is called coordinated omission). Argument: JSON of PacedPlan.
 */
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { percentilesOf, round, type Percentiles } from './percentiles.ts';
import { getRequest, RawConnection } from './raw-connection.ts';
import { SMALL_BODY } from './upstream-bodies.ts';

export interface PacedPlan {
  readonly port: number;
  readonly path: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly connections: number;
  /** Bearer tokens, one a line, used in turn. */
  readonly tokenFile: string;
  /** Of those, the last so many are of people who are to be refused with 403. */
  readonly refused: number;
}

export interface PacedResult {
  readonly requests: number;
  readonly requests_per_second: number;
  /** From the moment each was due. */
  readonly latency_ms: Percentiles;
  /** How late this generator itself was, from when a request was due and a connection free: it is part of the latency. */
  readonly generator_late_ms: Percentiles;
  /** Another status, another body, or none. */
  readonly wrong_answers: number;
  readonly example: string | null;
}

/** Blocks for less than this at a time, so that answers are seen when they come. */
const LONGEST_NAP_MS = 0.1;
const ANSWERS_WITHIN_MS = 20_000;

const plan = JSON.parse(process.argv[2]!) as PacedPlan;
const tokens = readFileSync(plan.tokenFile, 'utf8').trimEnd().split('\n');
const requests = tokens.map((token) => getRequest(plan.path, token));
const firstRefused = tokens.length - plan.refused;
const total = Math.round(plan.ratePerSecond * plan.seconds);
const latencies = new Float64Array(total);
const lateness: number[] = [];
const free = await Promise.all(Array.from({ length: plan.connections }, () => RawConnection.open(plan.port)));
const all = [...free];
let answered = 0;
let wrong = 0;
let example: string | null = null;
let sent = 0;
/** Since when a connection is free, in case there was none. */
let freeSinceMs = 0;

/** Of the next request that is due, or was. */
const dueMs = (index: number): number => startMs + (index * 1000) / plan.ratePerSecond;

function send(connection: RawConnection, index: number): void {
  const which = index % requests.length;
  const isRefused = which >= firstRefused;
  connection.send(requests[which]!, (answer) => {
    latencies[index] = performance.now() - dueMs(index);
    answered += 1;
    const isRight =
      !(answer instanceof Error) &&
      (isRefused ? answer.status === 403 : answer.status === 200 && answer.body === SMALL_BODY);
    if (!isRight) {
      wrong += 1;
      example ??= answer instanceof Error ? answer.message : `status ${answer.status}, refused: ${isRefused}`;
    }
    if (connection.isBroken) return;
    if (free.length === 0) freeSinceMs = performance.now();
    free.push(connection);
  });
}

const nap = new Int32Array(new SharedArrayBuffer(4));
console.log('started');
const startMs = performance.now() + 10;
while (answered < total) {
  const nowMs = performance.now();
  while (sent < total && dueMs(sent) <= nowMs && free.length > 0) {
    lateness.push(performance.now() - Math.max(dueMs(sent), freeSinceMs));
    send(free.pop()!, sent);
    sent += 1;
  }
  if (all.every((one) => one.isBroken)) throw new Error(`Every connection was closed: ${example}`);
  if (nowMs > dueMs(total) + ANSWERS_WITHIN_MS) throw new Error(`${total - answered} answers never came.`);
  const waitMs = sent < total ? dueMs(sent) - performance.now() : LONGEST_NAP_MS;
  // A timer of Node has a millisecond, which is many requests; spinning would take a core from what is measured.
  if (waitMs > 0.01) Atomics.wait(nap, 0, 0, Math.min(waitMs, LONGEST_NAP_MS));
  await nextTurn();
}
const tookSeconds = (performance.now() - startMs) / 1000;
for (const connection of all) connection.close();
const result: PacedResult = {
  requests: total,
  requests_per_second: Math.round(total / tookSeconds),
  latency_ms: percentilesOf(latencies),
  generator_late_ms: percentilesOf(lateness),
  wrong_answers: wrong,
  example,
};
console.log(`result ${JSON.stringify({ ...result, took_seconds: round(tookSeconds) })}`);
