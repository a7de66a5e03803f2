import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutGrant, grantOfC0, strangers } from './live-facts.ts';
import { BASE_PATH, startLiveField, type LiveField } from './live-field.ts';
import { openRide, RIDE_KINDS, wallMs, type RideKind } from './open-ride.ts';
import { percentilesOf } from './percentiles.ts';
import { getRequest, RawConnection, type RawAnswer } from './raw-connection.ts';
import { readRate } from './read-rate.ts';
import type { Tell } from './report.ts';
import { runPacedLoad } from './run-paced-load.ts';
import { withStops } from './stop-list.ts';

const ROUNDS = 100;
const PATIENCE_MS = 10_000;
const RATE_PER_SECOND = 1_000;
const CONNECTIONS = 16;
/** More than the rounds take; the load is stopped with them. */
const LOAD_SECONDS = 600;
/** Has a grant all the time and makes the load. */
const ALWAYS = ROUNDS;

/**
 * Revocations, one after the other, while other requests run: how long after the feed has said it everything that rode on
 * the grant is ended, by kind, and the next request on an idle connection refused.
 */
export async function measureCuts(tell: Tell, args: readonly string[]): Promise<void> {
  const rate = readRate(args, RATE_PER_SECOND);
  await withStops(async (stops) => {
    const field = await startLiveField([...strangers(ROUNDS + 1), grantOfC0(ALWAYS, null)], stops);
    const stopLoad = await startLoad(field, rate);
    stops.add(stopLoad);
    const times = new Map<RideKind | 'next request', number[]>();
    for (let person = 0; person < ROUNDS; person += 1) {
      for (const [kind, ms] of await revokeOnce(field, person)) times.set(kind, [...(times.get(kind) ?? []), ms]);
    }
    await stopLoad();
    for (const [kind, samples] of times) {
      tell({ bench: 'cut', kind, requests_per_second: rate, cut_ms: percentilesOf(samples) });
    }
  });
}

async function revokeOnce(
  { feed, idp, port }: LiveField,
  person: number,
): Promise<[RideKind | 'next request', number][]> {
  const token = await idp.sign(`sub-${person}`);
  feed.change(grantOfC0(person, null));
  await untilStatus(port, token, 200);
  const rides = await Promise.all(RIDE_KINDS.map((kind) => openRide(kind, port, BASE_PATH, token)));
  const idle = await RawConnection.open(port);
  const revokedMs = wallMs();
  feed.change(withoutGrant(person));
  const refused = untilStatus(port, token, 403, idle).then((atMs): ['next request', number] => [
    'next request',
    atMs - revokedMs,
  ]);
  const ended = rides.map(async ({ kind, ended: end }): Promise<[RideKind, number]> => [kind, (await end) - revokedMs]);
  try {
    return await withinPatience(Promise.all([...ended, refused]));
  } finally {
    for (const ride of rides) ride.close();
    idle.close();
  }
}

/** Asks over and over. @returns when the first answer with this status was there */
async function untilStatus(port: number, token: string, status: number, given?: RawConnection): Promise<number> {
  const request = getRequest(`${BASE_PATH}/things`, token);
  let connection = given ?? (await RawConnection.open(port));
  const deadlineMs = wallMs() + PATIENCE_MS;
  try {
    for (;;) {
      const answer = await new Promise<RawAnswer | Error>((resolve) => connection.send(request, resolve));
      if (!(answer instanceof Error) && answer.status === status) return wallMs();
      if (wallMs() > deadlineMs)
        throw new Error(`no ${status} within ${PATIENCE_MS} ms; last: ${JSON.stringify(answer)}`);
      // The one that was under way when access ended was cut, with its connection.
      if (connection.isBroken) connection = await RawConnection.open(port);
    }
  } finally {
    connection.close();
  }
}

function withinPatience<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not everything was cut within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function startLoad({ port, directory, idp }: LiveField, ratePerSecond: number): Promise<() => Promise<void>> {
  const tokenFile = join(directory, 'always');
  await writeFile(tokenFile, await idp.sign(`sub-${ALWAYS}`));
  const abort = new AbortController();
  const plan = { port, path: `${BASE_PATH}/things`, ratePerSecond, seconds: LOAD_SECONDS, connections: CONNECTIONS };
  let failure: unknown = null;
  const load = runPacedLoad({ ...plan, tokenFile, refused: 0 }, abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) failure = error;
  });
  return async () => {
    abort.abort();
    await load;
    if (failure !== null) throw failure;
  };
}
