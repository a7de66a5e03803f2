import { setImmediate as nextTurn } from 'node:timers/promises';
import { askAroundEnds, type Asked } from './ask-around-ends.ts';
import { grantOfC0, strangers } from './live-facts.ts';
import { BASE_PATH, startLiveField, type LiveField } from './live-field.ts';
import { openRide, RIDE_KINDS, type Ride, type RideKind } from './open-ride.ts';
import { percentilesOf, round } from './percentiles.ts';
import { readRate } from './read-rate.ts';
import type { Measurement, Tell } from './report.ts';
import { withStops } from './stop-list.ts';

const GRANTS = 10_000;
const RATE_PER_SECOND = 2_000;
const ASKED_A_GRANT = 4;
const FACTS_A_CHANGE = 500;
const SIGNED_AT_ONCE = 200;
const FIRST_END_AFTER_MS = 3_000;
/** Of each kind, spread over all ends. */
const RIDES = 100;
const RIDES_OPENED_AT_ONCE = 20;
/** After the last end: what is still open then was never cut. */
const LAST_CUT_WITHIN_MS = 10_000;

/**
 * 10,000 grants of as many people end one after the other, while each of them asks: shortly before the end, at its very
 * millisecond and after. The feed is in this process, so its clock is the one by which grants end.
 */
export async function measureExpiry(tell: Tell, args: readonly string[]): Promise<void> {
  const rate = readRate(args, RATE_PER_SECOND);
  await withStops(async (stops) => {
    const field = await startLiveField(strangers(GRANTS), stops);
    const tokens = await signAll(field);
    await giveGrants(field, () => null);
    const rides = await openRides(field, tokens);
    stops.add(() => {
      for (const { ride } of rides) ride.close();
    });
    const stepMs = (ASKED_A_GRANT * 1000) / rate;
    const firstEndMs = Date.now() + FIRST_END_AFTER_MS;
    const endOf = (person: number): number => Math.round(firstEndMs + person * stepMs);
    await giveGrants(field, endOf);
    const asked = await askAroundEnds({ port: field.port, path: `${BASE_PATH}/things`, tokens, endOf });
    tell(summaryOf(asked, rate));
    const cuts = new Map<RideKind, number[]>();
    for (const { ride, person } of rides) {
      const lateMs = (await endedWithin(ride, endOf(GRANTS) + LAST_CUT_WITHIN_MS)) - endOf(person);
      cuts.set(ride.kind, [...(cuts.get(ride.kind) ?? []), lateMs]);
    }
    for (const [kind, samples] of cuts) {
      tell({
        bench: 'expiry-cut',
        kind,
        // Before the end by more than the rounding of a millisecond: access may end early by what the clock does not know.
        early: samples.filter((ms) => ms < 0).length,
        late_ms: percentilesOf(samples),
      });
    }
  });
}

async function signAll({ idp }: LiveField): Promise<string[]> {
  const tokens: string[] = [];
  for (let person = 0; person < GRANTS; person += SIGNED_AT_ONCE) {
    const some = Array.from({ length: SIGNED_AT_ONCE }, (_, index) => idp.sign(`sub-${person + index}`));
    tokens.push(...(await Promise.all(some)));
  }
  return tokens;
}

async function giveGrants({ feed }: LiveField, endOf: (person: number) => number | null): Promise<void> {
  for (let person = 0; person < GRANTS; person += FACTS_A_CHANGE) {
    feed.change(
      ...Array.from({ length: FACTS_A_CHANGE }, (_, index) => grantOfC0(person + index, endOf(person + index))),
    );
    await nextTurn();
  }
}

async function openRides({ port }: LiveField, tokens: readonly string[]): Promise<{ ride: Ride; person: number }[]> {
  const all = Array.from({ length: RIDES * RIDE_KINDS.length }, (_, index) => ({
    kind: RIDE_KINDS[index % RIDE_KINDS.length]!,
    person: Math.floor((index * GRANTS) / (RIDES * RIDE_KINDS.length)),
  }));
  const opened: { ride: Ride; person: number }[] = [];
  for (let index = 0; index < all.length; index += RIDES_OPENED_AT_ONCE) {
    const some = all.slice(index, index + RIDES_OPENED_AT_ONCE).map(async ({ kind, person }) => ({
      ride: await openRide(kind, port, BASE_PATH, tokens[person]!),
      person,
    }));
    opened.push(...(await Promise.all(some)));
  }
  return opened;
}

/** @returns when it ended; Infinity when it did not */
async function endedWithin(ride: Ride, deadlineMs: number): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(Infinity), Math.max(0, deadlineMs - Date.now()));
  });
  return Promise.race([ride.ended, late]).finally(() => clearTimeout(timer));
}

function summaryOf(asked: readonly Asked[], rate: number): Measurement {
  const late = asked.filter(({ sentMs, endMs, status }) => sentMs >= endMs && status === 200);
  const refusedBefore = asked.filter(({ answeredMs, endMs, status }) => answeredMs < endMs && status === 403);
  return {
    bench: 'expiry',
    grants: GRANTS,
    requests_per_second: rate,
    requests: asked.length,
    asked_before_the_end: asked.filter(({ sentMs, endMs }) => sentMs < endMs).length,
    asked_in_the_millisecond_of_the_end: asked.filter(({ sentMs, endMs }) => sentMs === endMs).length,
    asked_after_the_end: asked.filter(({ sentMs, endMs }) => sentMs > endMs).length,
    honoured_late: late.length,
    refused_early: refusedBefore.length,
    earliest_refusal_ms: refusedBefore.reduce((most, { answeredMs, endMs }) => Math.max(most, endMs - answeredMs), 0),
    allowed_before: asked.filter(({ sentMs, endMs, status }) => sentMs < endMs && status === 200).length,
    // Let in before the end and not answered by then: ending access ends them too.
    cut_under_way: asked.filter(isCut).length,
    other_answers: asked.filter((one) => one.status !== 200 && one.status !== 403 && !isCut(one)).length,
    latency_ms: percentilesOf(asked.map(({ sentMs, answeredMs }) => round(answeredMs - sentMs))),
  };
}

function isCut({ status, sentMs, endMs, answeredMs }: Asked): boolean {
  return status === 0 && sentMs < endMs && answeredMs >= endMs;
}
