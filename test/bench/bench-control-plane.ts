/** A feed with many grants in it, and an issuer whose people they belong to. Prints where they are, and tokens. */
import { FEED_TOKEN, FeedSource } from '../proxy/support/feed-source.ts';
import { AUDIENCE, IdentityProvider } from '../proxy/support/identity-provider.ts';
import { benchFacts, subOf } from './bench-facts.ts';
import { readersOfC0, strangersToC0 } from './callers.ts';

export interface BenchControlPlane {
  readonly feed_url: string;
  readonly feed_token: string;
  readonly jwks_url: string;
  readonly issuer: string;
  readonly audience: string;
  /** Of people who may read connection:c0, and of some who may not. */
  readonly tokens: readonly string[];
  readonly refused_tokens: readonly string[];
}

const HEARTBEAT_MS = 2_000;

const grants = Number(process.argv[2]);
const feed = new FeedSource([...benchFacts(grants, Date.now())], HEARTBEAT_MS);
const idp = new IdentityProvider();
await Promise.all([feed.start(), idp.start()]);
const sign = (people: readonly number[]): Promise<string[]> =>
  Promise.all(people.map((person) => idp.sign(subOf(person))));
const place: BenchControlPlane = {
  feed_url: feed.url,
  feed_token: FEED_TOKEN,
  jwks_url: idp.jwksUrl,
  issuer: idp.issuer,
  audience: AUDIENCE,
  tokens: await sign(readersOfC0(grants)),
  refused_tokens: await sign(strangersToC0(grants)),
};
console.log(`ready ${JSON.stringify(place)}`);

/** Begins another history, so that whoever listens needs a snapshot; says when it was taken. */
let snapshots = 0;
process.on('SIGUSR2', () => {
  snapshots += 1;
  const asked = snapshots;
  const appliedBefore = feed.applied.length;
  feed.epoch = `epoch-${asked + 1}`;
  feed.breakStreams();
  const watch = setInterval(() => {
    if (feed.applied.length === appliedBefore) return;
    clearInterval(watch);
    console.log(`snapshot ${asked} taken`);
  }, 1);
});
