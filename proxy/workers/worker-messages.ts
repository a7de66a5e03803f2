import type { JsonWebKey } from 'node:crypto';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import type { ProxyConfig, ProxySecrets } from '../config.ts';
import type { FeedPosition } from '../facts/control-plane.ts';
import type { FirstUse } from '../facts/first-use-report.ts';
import type { SharedAssertionKeys } from '../identity/assertion-keys.ts';

/** A key that all workers sign with; it is handed over the channel and lives in memory only. */
export interface SharedKey {
  readonly kid: string;
  readonly privateJwk: JsonWebKey;
}

/** What the first process says to a worker, over the channel that ends with either of them. */
export type ToWorker =
  | {
      readonly kind: 'begin';
      readonly config: ProxyConfig;
      readonly secrets: ProxySecrets;
      readonly instance: string;
      readonly denialKey: SharedKey;
      readonly assertionKeys: SharedAssertionKeys;
      /** In the place of another: it listens once it can answer, while the others do. */
      readonly isReplacement: boolean;
    }
  | { readonly kind: 'policy'; readonly bundle: Uint8Array }
  | { readonly kind: 'assertion-keys'; readonly keys: SharedAssertionKeys }
  /** All facts anew: what follows is a connection of its own. */
  | { readonly kind: 'feed-begin' }
  /** As the feed brought them, taken by the first process and so valid. */
  | { readonly kind: 'feed'; readonly messages: readonly FeedMessage[] }
  /** The latest that it can be on the control plane, in answer to `ask-time`; null: not known here either. */
  | { readonly kind: 'time'; readonly question: number; readonly serverMs: number | null }
  | { readonly kind: 'ask-metrics'; readonly question: number }
  | { readonly kind: 'stop' };

/** And the other way. Whatever comes shows that the worker's event loop turns. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'want-facts'; readonly why: string }
  | { readonly kind: 'ask-time'; readonly question: number }
  | {
      readonly kind: 'state';
      readonly ready: boolean;
      readonly missing: readonly string[];
      readonly warnings: readonly string[];
      readonly position: FeedPosition | null;
    }
  | { readonly kind: 'first-uses'; readonly uses: readonly FirstUse[] }
  | { readonly kind: 'metrics'; readonly question: number; readonly metrics: readonly object[] };
