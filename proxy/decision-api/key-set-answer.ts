import type { JsonWebKey } from 'node:crypto';
import { wrongMethodAnswer } from '../../core/authzen/decision-answer.ts';
import type { Answer } from '../../core/process/problem-answer.ts';

export const KEY_SET_PATH = '/.well-known/jwks.json';

/** A JWK Set (RFC 7517 section 5). Kept for five minutes, in which no key can go that is still needed. */
export function keySetAnswer(method: string | undefined, keys: readonly JsonWebKey[]): Answer {
  if (method !== 'GET' && method !== 'HEAD') return wrongMethodAnswer('GET');
  return {
    status: 200,
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=300' },
    body: JSON.stringify({ keys }),
  };
}
