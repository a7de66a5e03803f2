import type { Grant } from '../api/grant.ts';
import type { RequestPreview } from '../api/request-preview.ts';
import type { Terms } from './read-request.ts';

interface Situation {
  readonly emergency: boolean;
  readonly extended: Pick<Grant, 'starts_at' | 'expires_at'> | null;
}

/** The terms that all of the things allow. */
export function joinTerms(previews: readonly RequestPreview[], { emergency, extended }: Situation): Terms {
  const ceilings = previews.map((preview) =>
    emergency
      ? shorter(preview.break_glass.max_duration_seconds, preview.max_duration_seconds)
      : preview.max_duration_seconds,
  );
  const longest = ceilings.reduce<number | null>(shorter, null);
  return {
    ceilingSeconds: longest === null || extended === null ? longest : Math.max(0, longest - lifeSeconds(extended)),
    reasonPattern: previews.find(({ reason_pattern: pattern }) => pattern !== null)?.reason_pattern ?? null,
  };
}

/** The ceiling is one for the whole life of a grant, so an extension has what is left of it. */
function lifeSeconds({ starts_at: start, expires_at: end }: Pick<Grant, 'starts_at' | 'expires_at'>): number {
  return end === null ? 0 : Math.round((Date.parse(end) - Date.parse(start)) / 1_000);
}

function shorter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
