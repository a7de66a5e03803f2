import { resourceKey, type ResourceKey } from '../../core/access/resource.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Clock } from '../../core/process/clock.ts';
import { SealedText } from '../../core/process/sealed-text.ts';
import type { Judge } from '../gate/judge.ts';
import type { Denial } from '../gate/verdict.ts';

interface Note {
  readonly decision: Decision;
  readonly subject: string | null;
  readonly resource: ResourceKey | null;
  readonly action: string | null;
  readonly returnTo: string | null;
  readonly detail: string | null;
}

/** A note travels in a header, next to others. */
const MAX_RETURN_CHARS = 2_000;

/**
 * A denial on its way through nginx, which drops all of an answer to `auth_request` but its headers and comes back for
 * the page. So a refused request is judged and logged once, and the page tells of that very decision.
 */
export class DenialNotes {
  readonly #sealed: SealedText;
  readonly #judge: Judge;
  readonly #clock: Clock;
  readonly #maxAgeMs: number;

  /** @param secret the same for every process that answers for this sidecar */
  constructor(secret: string, judge: Judge, clock: Clock, maxAgeMs: number) {
    this.#sealed = new SealedText(secret, 'hallpass external auth denial 1');
    this.#judge = judge;
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  write(denial: Denial): string {
    const { decision, subject, resource, action, returnTo, detail } = denial;
    const note: Note = {
      decision,
      subject: subject?.id ?? null,
      resource: resource === null ? null : resourceKey(resource),
      action,
      returnTo: returnTo !== null && returnTo.length > MAX_RETURN_CHARS ? null : returnTo,
      detail,
    };
    return this.#sealed.seal(JSON.stringify(note));
  }

  /** null: not one of this sidecar's, or too old. Whoever and whatever it names is looked up again, and may be gone or hidden by now. */
  read(text: string): Denial | null {
    const opened = this.#sealed.open(text);
    if (opened === null) return null;
    const { decision, ...note } = JSON.parse(opened) as Note;
    if (Math.abs(this.#clock() - decision.evaluated_at) > this.#maxAgeMs) return null;
    const bench = this.#judge.sit();
    const facts = typeof bench === 'string' ? null : bench.facts;
    const resource = note.resource === null ? undefined : facts?.resource(note.resource);
    return {
      allowed: false,
      decision,
      subject: (note.subject === null ? undefined : facts?.subject(note.subject)) ?? null,
      resource: resource === undefined || resource.discoverable === 'none' ? null : resource,
      action: note.action,
      returnTo: note.returnTo,
      loggedResource: note.resource,
      loggedReason: decision.reason,
      detail: note.detail,
    };
  }
}
