import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes as long whatever the two have in common. */
export function sameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
