import type { Fact } from '../../core/feed/fact.ts';
import { FEED_TOKEN, FeedSource } from '../proxy/support/feed-source.ts';
import { AUDIENCE, IdentityProvider } from '../proxy/support/identity-provider.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { startStopped } from './bench-field.ts';
import { startBenchSidecar, type BenchSidecar } from './bench-sidecar.ts';
import { pin, pinSelf } from './pin.ts';
import type { StopList } from './stop-list.ts';

export const BASE_PATH = '/connections/c0';
const HEARTBEAT_MS = 1_000;

/** A sidecar whose feed and issuer are in this process, so that what is done to access and what is seen share a clock. */
export interface LiveField {
  readonly feed: FeedSource;
  readonly idp: IdentityProvider;
  readonly sidecar: BenchSidecar;
  readonly port: number;
  readonly directory: string;
}

export async function startLiveField(facts: readonly Fact[], stops: StopList): Promise<LiveField> {
  const directory = await makeTemporaryDirectory('live');
  stops.add(() => directory.remove());
  const feed = new FeedSource(facts, HEARTBEAT_MS);
  const idp = new IdentityProvider();
  await Promise.all([feed.start(), idp.start()]);
  stops.add(() => Promise.all([feed.stop(), idp.stop()]));
  const upstream = startStopped('live-upstream.ts', [], stops);
  const upstreamPort = (await upstream.line('listening ')).slice('listening '.length);
  const place = {
    feed_url: feed.url,
    feed_token: FEED_TOKEN,
    jwks_url: idp.jwksUrl,
    issuer: idp.issuer,
    audience: AUDIENCE,
  };
  const sidecar = await startBenchSidecar(place, `http://127.0.0.1:${upstreamPort}`, directory.path);
  stops.add(() => sidecar.stop());
  pinSelf(stops);
  pin('measured', [sidecar.pid]);
  return { feed, idp, sidecar, port: Number(new URL(sidecar.url).port), directory: directory.path };
}
