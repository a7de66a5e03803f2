import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Dispatcher } from 'undici';
import type { Fact } from '../../../core/feed/fact.ts';
import { FeedEncoder } from '../../../core/feed/feed-encoder.ts';
import type { FeedMessage } from '../../../core/feed/feed-message.ts';
import { createLogger } from '../../../core/process/logger.ts';
import { proxyConfigSchema } from '../../../proxy/config.ts';
import { ControlPlane } from '../../../proxy/facts/control-plane.ts';
import { FactSource } from '../../../proxy/facts/fact-source.ts';
import { FeedReader } from '../../../proxy/facts/feed-reader.ts';
import { TrustedClock } from '../../../proxy/facts/trusted-clock.ts';

const GRANTS = 20_000;
const FACTS_A_CHUNK = 2;

/** A control plane whose stream has arrived whole before anybody reads it. */
class ArrivedControlPlane extends ControlPlane {
  readonly #chunks: readonly Buffer[];

  constructor(chunks: readonly Buffer[], clock: TrustedClock) {
    super({
      url: 'http://127.0.0.1:1',
      token: 't',
      instance: 'i',
      timeoutMs: 1_000,
      steady: clock.steady,
      onTime() {},
    });
    this.#chunks = chunks;
  }

  override async register(): Promise<void> {}

  override async reportApplied(): Promise<void> {}

  override async openStream(): ReturnType<ControlPlane['openStream']> {
    return Readable.from(this.#chunks, { highWaterMark: this.#chunks.length }) as Dispatcher.ResponseData['body'];
  }
}

function grant(number: number): Fact {
  const id = `grt_${number}`;
  const value = {
    id,
    subject_id: `per_${number % 100}`,
    entitlement: { kind: 'role' as const, role: 'member' as const },
    starts_at: 1,
    expires_at: null,
    request_id: null,
  };
  return { kind: 'grant', id, value };
}

function snapshot(): Buffer[] {
  const encoder = new FeedEncoder();
  const encode = (messages: readonly FeedMessage[]): Buffer =>
    Buffer.from(messages.map((message) => encoder.encode(message)).join(''));
  const nowMs = Date.now();
  const chunks = [
    encode([
      {
        type: 'hello',
        protocol: 2,
        epoch: 'e',
        mode: 'snapshot',
        revision: 1,
        server_time: nowMs,
        heartbeat_interval_ms: 60_000,
      },
      { type: 'snapshot-begin', epoch: 'e', revision: 1, mark: 'm', as_of: nowMs },
    ]),
  ];
  for (let first = 0; first < GRANTS; first += FACTS_A_CHUNK) {
    const facts = Array.from({ length: FACTS_A_CHUNK }, (_, index) => grant(first + index));
    chunks.push(encode(facts.map((fact) => ({ type: 'fact', fact }))));
  }
  chunks.push(encode([{ type: 'snapshot-end', epoch: 'e', revision: 1, facts: GRANTS }]));
  return chunks;
}

describe('the reader of the feed', () => {
  let reader: FeedReader | null = null;
  afterEach(() => reader?.stop());

  it('lets requests in between the slices of a snapshot, also where all of it has arrived at once', async () => {
    const { limits } = proxyConfigSchema.parse({
      public_url: 'http://127.0.0.1:1',
      console_url: 'http://127.0.0.1:1',
      control_plane: { url: 'http://127.0.0.1:1' },
      identity: { jwt: { jwks_url: 'http://127.0.0.1:1', issuer: 'i', audience: 'a' } },
      policy: { bundle: 'b' },
      routes: [{ path: '/', resource: 'connection:c', upstream: 'http://127.0.0.1:1' }],
      limits: { slice_ms: 1 },
    });
    const clock = new TrustedClock(limits);
    const source = new FactSource(60_000, clock);
    reader = new FeedReader({
      controlPlane: new ArrivedControlPlane(snapshot(), clock),
      patterns: ['*'],
      registration: () => ({}),
      source,
      limits,
      logger: createLogger('test', 'silent'),
      now: clock.steady,
      clockSkewMs: () => null,
    });
    let turns = 0;
    const arrived = new Promise<void>((resolve) => {
      source.onEvent(() => resolve());
    });
    let isCounting = true;
    const count = (): void => {
      turns += 1;
      if (isCounting) setImmediate(count);
    };
    const before = process.threadCpuUsage();
    reader.start();
    setImmediate(count);
    await arrived;
    isCounting = false;
    const { user, system } = process.threadCpuUsage(before);
    expect(source.facts?.counts.grants).toBe(GRANTS);
    // One for each millisecond of work, were there no collections of garbage.
    expect(turns).toBeGreaterThan((user + system) / 1000 / 2);
  });
});
