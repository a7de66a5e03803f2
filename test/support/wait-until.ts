import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `check` gives something truthy, and returns it. What `check` throws counts as not yet.
 * @param what named in the error
 * @throws Error after `timeoutMs`, with the last thing that was seen
 */
export async function waitUntil<T>(
  what: string,
  check: () => Promise<T> | T,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 15_000, everyMs = 25 } = options;
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      last = await check();
      if (last !== undefined && last !== null && last !== false) return last as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}; last seen: ${describe(last)}`);
    }
    await delay(everyMs);
  }
}

function describe(value: unknown): string {
  return value instanceof Error ? value.message : String(JSON.stringify(value)).slice(0, 2000);
}
