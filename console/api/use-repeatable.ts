import { useRef } from 'react';
import { newIdempotencyKey } from './idempotency-key.ts';

/**
 * Makes a write safe to press again after its answer was lost: the same input goes out with the same `Idempotency-Key`,
 * changed input with a new one. A write that succeeded is over; doing the same once more is another write.
 */
export function useRepeatable<Input, Answer>(
  send: (input: Input, idempotencyKey: string) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  const open = useRef<{ readonly body: string; readonly key: string } | null>(null);
  return async (input) => {
    const body = JSON.stringify(input) ?? '';
    if (open.current?.body !== body) open.current = { body, key: newIdempotencyKey() };
    const answer = await send(input, open.current.key);
    open.current = null;
    return answer;
  };
}
