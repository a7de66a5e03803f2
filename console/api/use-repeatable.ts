import { useState } from 'react';
import { createKeyKeeper } from './key-keeper.ts';

/** Makes a write safe to press again after its answer was lost: it is repeated with the same `Idempotency-Key`. */
export function useRepeatable<Input, Answer>(
  send: (input: Input, idempotencyKey: string) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  const [keeper] = useState(() => createKeyKeeper());
  return async (input) => {
    const key = keeper.keyFor(JSON.stringify(input) ?? '');
    const answer = await send(input, key);
    keeper.done(key);
    return answer;
  };
}
