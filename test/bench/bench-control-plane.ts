/** A feed with many grants in it, and an issuer whose people they belong to. Prints where they are, and tokens. */
import { FEED_TOKEN, FeedSource } from '../proxy/support/feed-source.ts';
import { AUDIENCE, IdentityProvider } from '../proxy/support/identity-provider.ts';
import { benchFacts, subOf } from './bench-facts.ts';

export interface BenchControlPlane {
  readonly feed_url: string;
  readonly feed_token: string;
  readonly jwks_url: string;
  readonly issuer: string;
  readonly audience: string;
  /** Of people who may read connection:c0, and of one who may not. */
  readonly tokens: readonly string[];
  readonly refused_token: string;
}

const HEARTBEAT_MS = 2_000;

const [grants, ...readers] = process.argv.slice(2).map(Number);
const refused = readers.pop()!;
const feed = new FeedSource([...benchFacts(grants!, Date.now())], HEARTBEAT_MS);
const idp = new IdentityProvider();
await Promise.all([feed.start(), idp.start()]);
const place: BenchControlPlane = {
  feed_url: feed.url,
  feed_token: FEED_TOKEN,
  jwks_url: idp.jwksUrl,
  issuer: idp.issuer,
  audience: AUDIENCE,
  tokens: await Promise.all(readers.map((person) => idp.sign(subOf(person)))),
  refused_token: await idp.sign(subOf(refused)),
};
console.log(`ready ${JSON.stringify(place)}`);
