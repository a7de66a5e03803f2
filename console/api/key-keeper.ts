import { newIdempotencyKey } from './idempotency-key.ts';

export interface KeyKeeper {
  /** The key that a write of this body goes out with. */
  keyFor(body: string): string;
  /** The write with this key has succeeded. */
  done(key: string): void;
}

/**
 * The same body goes out with the same key until it has succeeded, a changed body with a new one. What succeeded is
 * over: doing the same once more is another write.
 */
export function createKeyKeeper(newKey: () => string = newIdempotencyKey): KeyKeeper {
  let open: { readonly body: string; readonly key: string } | null = null;
  return {
    keyFor: (body) => {
      if (open?.body !== body) open = { body, key: newKey() };
      return open.key;
    },
    done: (key) => {
      if (open?.key === key) open = null;
    },
  };
}
