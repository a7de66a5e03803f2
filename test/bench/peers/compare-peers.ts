import { round } from '../percentiles.ts';
import { usageOfTrees } from '../process-usage.ts';
import type { Measurement } from '../report.ts';
import { MEGABYTE, SMALL_BODY } from '../upstream-bodies.ts';
import { runWrk, type Load } from '../wrk.ts';
import type { Peer } from './peer.ts';
import type { Field } from './start-peers.ts';

export type BodyKind = 'small' | 'download' | 'upload';

export interface Cell {
  readonly connections: number;
  readonly bodies: BodyKind;
  readonly rounds: number;
  readonly seconds: number;
}

const PER_REQUESTS = 10_000;
const WARM_UP_CONNECTIONS = 32;
/** By then tokens are verified, and what runs often is compiled. */
const WARM_UP_REQUESTS = { small: 30_000, download: 500, upload: 500 };
/** The slowest would take minutes. */
const WARM_UP_SECONDS_AT_MOST = 12;
const WARM_UP_STEP_SECONDS = 2;

interface Round {
  readonly load: Load;
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

export async function warmUp(field: Field, bodies: BodyKind): Promise<void> {
  const cell = { bodies, connections: WARM_UP_CONNECTIONS, seconds: WARM_UP_STEP_SECONDS };
  for (const peer of field.peers) {
    let requests = 0;
    for (
      let seconds = 0;
      seconds < WARM_UP_SECONDS_AT_MOST && requests < WARM_UP_REQUESTS[bodies];
      seconds += WARM_UP_STEP_SECONDS
    ) {
      requests += (await runLoad(peer, field, cell)).requests;
    }
  }
}

/** All peers under the same load, in turns, so that a slow minute hits all alike; of each the round in the middle is told. */
export async function comparePeers(field: Field, cell: Cell): Promise<Measurement[]> {
  const rounds = new Map(field.peers.map(({ name }) => [name, [] as Round[]]));
  for (let turn = 0; turn < cell.rounds; turn += 1) {
    for (const peer of field.peers) {
      const before = usageOfTrees(peer.pids);
      const load = await runLoad(peer, field, cell);
      const after = usageOfTrees(peer.pids);
      rounds.get(peer.name)!.push({ load, cpuSeconds: after.cpuSeconds - before.cpuSeconds, rssMb: after.rssMb });
    }
  }
  return field.peers.map((peer) => summaryOf(peer, cell, rounds.get(peer.name)!));
}

function runLoad(
  peer: Peer,
  { tokenFile }: Field,
  { bodies, connections, seconds }: Pick<Cell, 'bodies' | 'connections' | 'seconds'>,
): Promise<Load> {
  const uploadBytes = bodies === 'upload' ? MEGABYTE : 0;
  const path = bodies === 'download' ? '/megabyte' : '/things';
  return runWrk(`${peer.url}${path}`, { connections, seconds, tokenFile, uploadBytes });
}

function summaryOf(peer: Peer, { connections, bodies }: Cell, rounds: readonly Round[]): Measurement {
  const sorted = rounds.toSorted((a, b) => a.load.requests_per_second - b.load.requests_per_second);
  const middle = sorted[Math.floor(sorted.length / 2)]!.load;
  const requests = sum(rounds, ({ load }) => load.requests);
  const cpuSeconds = sum(rounds, (one) => one.cpuSeconds);
  return {
    bench: 'peers',
    peer: peer.name,
    connections,
    bodies,
    requests_per_second: middle.requests_per_second,
    requests_per_second_of_rounds: sorted.map(({ load }) => load.requests_per_second),
    latency_ms: middle.latency_ms,
    // The direct call has nothing in between that could use any.
    cpu_seconds_per_10k: peer.pids.length === 0 ? null : round((cpuSeconds / requests) * PER_REQUESTS),
    rss_mb: peer.pids.length === 0 ? null : Math.max(...rounds.map(({ rssMb }) => rssMb)),
    requests,
    wrong_answers: sum(rounds, ({ load }) => wrongOf(load, bodies)),
  };
}

/** Of another status, never come, or too short all together. */
function wrongOf(load: Load, bodies: BodyKind): number {
  const least = load.requests * (bodies === 'download' ? MEGABYTE : SMALL_BODY.length);
  return load.status_errors + load.socket_errors + (load.requests === 0 || load.bytes < least ? 1 : 0);
}

function sum(rounds: readonly Round[], of: (round: Round) => number): number {
  return rounds.reduce((total, one) => total + of(one), 0);
}
