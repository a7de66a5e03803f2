import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { Agent, request, type Dispatcher } from 'undici';
import type { ProxyLimits } from '../config.ts';

/** The key set could not be had. Nobody's fault who calls, and no reason to let them in. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Where a key set is fetched. Asked anew at each fetch, because what it holds may be rotated. */
export interface KeyPlace {
  readonly url: string;
  /** PEM; null: the certificates that Node trusts. */
  readonly ca: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RemoteKeysOptions {
  readonly place: () => KeyPlace | Promise<KeyPlace>;
  readonly limits: Pick<
    ProxyLimits,
    'jwks_timeout_ms' | 'jwks_cooldown_ms' | 'jwks_retry_ms' | 'jwks_max_age_ms' | 'jwks_bytes'
  >;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** @param error why it failed */
  readonly onFetch?: (outcome: 'fetched' | 'failed', error?: unknown) => void;
}

type KeyFinder = ReturnType<typeof createLocalJWKSet>;
type Key = Awaited<ReturnType<KeyFinder>>;

/** After this part of their age the keys are fetched anew beside the request that notices. */
const EARLY = 0.75;

/**
 * The keys of a JWK Set URL (RFC 7517). Fetched when first asked for, when older than `jwks_max_age_ms`, and for a `kid`
 * that is unknown; for that once per `jwks_cooldown_ms` and no more, whatever callers send (a made-up `kid` is free to
 * make). Keys older than their age verify nothing, so a withdrawn key ends with them, also in an outage.
 */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  #find: KeyFinder | null = null;
  #fetchedAt = -Infinity;
  #failedAt = -Infinity;
  #fetching: Promise<KeyFinder> | null = null;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
  }

  /**
   * For `jwtVerify`.
   * @throws KeysUnavailable; JWKSNoMatchingKey where the set is there and has no such key
   */
  readonly get = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<Key> => {
    const { jwks_max_age_ms: maxAgeMs, jwks_cooldown_ms: cooldownMs } = this.#options.limits;
    const ageMs = this.#options.now() - this.#fetchedAt;
    const isFresh = this.#find !== null && ageMs < maxAgeMs;
    const find = isFresh ? (this.#find as KeyFinder) : await this.#fetch();
    if (isFresh && ageMs > maxAgeMs * EARLY) this.#fetch().catch(() => {});
    try {
      return await find(header, token);
    } catch (error) {
      if (!isFresh || !(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.#options.now() - this.#fetchedAt < cooldownMs) throw error;
    }
    return (await this.#fetch())(header, token);
  };

  /** All who wait share one fetch, and one that has just failed is not tried again at once. */
  #fetch(): Promise<KeyFinder> {
    if (this.#fetching !== null) return this.#fetching;
    const { limits, now, onFetch } = this.#options;
    if (now() - this.#failedAt < Math.min(limits.jwks_retry_ms, limits.jwks_cooldown_ms)) {
      return Promise.reject(new KeysUnavailable('the last fetch of the key set failed a moment ago'));
    }
    this.#fetching = this.#fetchNow()
      .then((find) => {
        this.#find = find;
        this.#fetchedAt = now();
        this.#failedAt = -Infinity;
        onFetch?.('fetched');
        return find;
      })
      .catch((error: unknown) => {
        this.#failedAt = now();
        onFetch?.('failed', error);
        throw new KeysUnavailable('the key set could not be fetched', { cause: error });
      })
      .finally(() => {
        this.#fetching = null;
      });
    return this.#fetching;
  }

  async #fetchNow(): Promise<KeyFinder> {
    const { limits, place } = this.#options;
    const { url, ca, headers } = await place();
    const timeout = limits.jwks_timeout_ms;
    const agent = new Agent({
      connect: { timeout, ...(ca === null ? {} : { ca }) },
      maxResponseSize: limits.jwks_bytes,
    });
    try {
      // Redirects are not followed: the keys come from where the configuration says.
      const answer = await request(url, {
        dispatcher: agent,
        headers: { accept: 'application/jwk-set+json, application/json', ...headers },
        signal: AbortSignal.timeout(timeout),
      });
      if (answer.statusCode !== 200) {
        await answer.body.dump();
        throw new Error(`the key set's URL answered ${answer.statusCode}`);
      }
      return createLocalJWKSet(await readKeySet(answer.body));
    } finally {
      await agent.destroy();
    }
  }
}

async function readKeySet(body: Dispatcher.ResponseData['body']): Promise<JSONWebKeySet> {
  const json: unknown = await body.json();
  if (typeof json !== 'object' || json === null || !Array.isArray((json as { keys?: unknown }).keys)) {
    throw new Error("the key set's URL gave no JWK Set");
  }
  return json as JSONWebKeySet;
}
