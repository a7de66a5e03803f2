import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { Grant } from '../api/grant.ts';
import { requestPreviewQuery, type PreviewedRequest, type RequestPreview } from '../api/request-preview.ts';
import { readLocalMoment } from '../time/local-moment.ts';
import { joinTerms } from './join-terms.ts';
import { readAskedTime, type Terms } from './read-request.ts';
import type { RequestDraft } from './request-draft.ts';
import type { Things } from './asked-things.ts';

interface PreviewOptions {
  readonly things: Things;
  readonly emergency: boolean;
  readonly extended: Grant | null;
  readonly draft: RequestDraft;
}

export interface ThingPreview {
  readonly preview: RequestPreview | undefined;
  readonly error: unknown;
  /** Of what the form said a moment ago; the new one is on its way. */
  readonly outdated: boolean;
}

export interface Previews {
  /** In the order of the things: each is decided by rules of its own. */
  readonly each: readonly ThingPreview[];
  readonly terms: Terms;
}

/** What would become of the request, asked again whenever the form says something else. */
export function usePreviews({ things, emergency, extended, draft }: PreviewOptions): Previews {
  const [settled] = useDebouncedValue(draft, 400);
  // What is offered instead of a default that is too long is known only once an answer came.
  const [ceilingSeconds, setCeilingSeconds] = useState<number | null>(null);
  const about = previewedTerms({ emergency, extended, draft: settled }, ceilingSeconds);
  const each = useQueries({
    queries: things.map((thing) => ({
      ...requestPreviewQuery({ ...thing, ...about }),
      placeholderData: keepPreviousData,
    })),
    combine: (answers) =>
      answers.map(({ data, error, isPlaceholderData }) => ({
        preview: data,
        error,
        outdated: isPlaceholderData || settled !== draft,
      })),
  });
  const known = each.flatMap(({ preview }) => (preview === undefined ? [] : [preview]));
  const terms = joinTerms(known, { emergency, extended });
  if (known.length > 0 && terms.ceilingSeconds !== ceilingSeconds) setCeilingSeconds(terms.ceilingSeconds);
  return { each, terms };
}

/** What can be read of it so far; the rest is left out. */
function previewedTerms(
  { emergency, extended, draft }: Omit<PreviewOptions, 'things'>,
  ceilingSeconds: number | null,
): Partial<PreviewedRequest> {
  const terms = { ceilingSeconds, reasonPattern: null };
  const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
  const time = readAskedTime({ draft, terms, emergency, extended }, nowMs);
  const startMs = emergency || extended !== null ? null : readLocalMoment(draft.startsAt);
  const reason = draft.reason.trim();
  return {
    ...(time.ok && time.time),
    ...(startMs !== null && startMs > nowMs && { starts_at: new Date(startMs).toISOString() }),
    ...(reason !== '' && { reason }),
    ...(emergency && { break_glass: true as const }),
    ...(extended !== null && { extends_grant_id: extended.id }),
  };
}
