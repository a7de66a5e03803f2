import canonicalize from 'canonicalize';
import type { Facts } from '../feed/facts.ts';
import type { Asker } from './asker.ts';
import type { AuthzenLimits } from './authzen-limits.ts';
import type { Bench, Judge, NotReadyReason } from './bench.ts';
import { questionOf } from './evaluate-access.ts';
import type { EvaluationRequest } from './evaluation-request.ts';
import { isOfType, SUBJECT_TYPE } from './find-entity.ts';
import { firstAfter } from './first-after.ts';
import type { PageTokens } from './page-token.ts';
import type { FieldProblem } from './read-json.ts';
import type { SearchRequest } from './search-request.ts';

/** AuthZEN Authorization API 1.0, "The Search API Response". */
export interface SearchResponse {
  readonly page: { readonly next_token: string; readonly count: number };
  readonly results: readonly ({ readonly type: string; readonly id: string } | { readonly name: string })[];
}

export type SearchOutcome =
  | { readonly ok: true; readonly response: SearchResponse; readonly tried: number }
  | { readonly ok: false; readonly notReady: NotReadyReason }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

export interface SearchParts {
  readonly judge: Judge;
  readonly tokens: PageTokens;
  /** What is asked about in a search for actions. */
  readonly actions: readonly string[];
  readonly limits: Pick<AuthzenLimits, 'decision_search_candidates' | 'decision_search_results' | 'slice_ms'>;
  readonly now: () => number;
}

/**
 * One page of a search: candidates in the order of their names, each put to the policy as an evaluation would be, so
 * nothing is found that would not be allowed. Tries a bounded number, and lets requests pass in between.
 */
export class AccessSearch {
  readonly #parts: SearchParts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  async search(request: SearchRequest, asker: Asker): Promise<SearchOutcome> {
    const { judge, limits, tokens } = this.#parts;
    const search = identityOf(request);
    const position = this.#startOf(request, search);
    if (position === null) return { ok: false, problems: [{ field: 'page.token', message: STALE_TOKEN }] };
    const bench = judge.sit();
    if (typeof bench === 'string') return { ok: false, notReady: bench };
    const limit = Math.min(position.limit ?? limits.decision_search_results, limits.decision_search_results);
    const slice = new Slice(limits.slice_ms, this.#parts.now);
    const names = namesOf(request, bench.facts, this.#parts.actions);
    const most = limits.decision_search_candidates;
    const candidates = await firstAfter(names, position.after, most + 1, () => slice.rest());
    const page = await this.#try(request, candidates.slice(0, most), { limit, slice, asker, after: position.after });
    if (typeof page === 'string') return { ok: false, notReady: page };
    const isAtEnd = page.isAtEnd && candidates.length <= most;
    const next = isAtEnd ? '' : tokens.seal({ after: page.after, limit: position.limit }, search);
    return {
      ok: true,
      response: {
        page: { next_token: next, count: page.found.length },
        results: page.found.map((name) => resultOf(request, name)),
      },
      tried: page.tried,
    };
  }

  /** null: the token is not of this search. A limit left out with a token is the one the search began with. */
  #startOf({ page }: SearchRequest, search: string): { after: string; limit: number | null } | null {
    const limit = page?.limit ?? null;
    if (page?.token === undefined || page.token === '') return { after: '', limit };
    const position = this.#parts.tokens.open(page.token, search);
    return position === null || (limit !== null && limit !== position.limit) ? null : position;
  }

  async #try(
    request: SearchRequest,
    candidates: readonly string[],
    { limit, slice, asker, after: start }: { limit: number; slice: Slice; asker: Asker; after: string },
  ): Promise<{ found: string[]; after: string; isAtEnd: boolean; tried: number } | NotReadyReason> {
    const { judge } = this.#parts;
    const found: string[] = [];
    let after = start;
    let tried = 0;
    let bench = judge.sit();
    for (const name of candidates) {
      const resting = slice.rest();
      if (resting !== null) {
        await resting;
        // What changed in the meantime counts for the rest.
        bench = judge.sit();
      }
      if (typeof bench === 'string') return bench;
      tried += 1;
      if (this.#isAllowed(bench, evaluationOf(request, name), asker)) {
        // Only now it is known that there is more. What was passed over on the way may be allowed by the next page.
        if (found.length === limit) return { found, after: found.at(-1) ?? start, isAtEnd: false, tried };
        found.push(name);
      }
      after = name;
    }
    return { found, after, isAtEnd: true, tried };
  }

  #isAllowed(bench: Bench, evaluation: EvaluationRequest, asker: Asker): boolean {
    const question = questionOf(bench.facts, evaluation, asker);
    return !('reason' in question) && this.#parts.judge.decide(bench, question).allow;
  }
}

const STALE_TOKEN = 'is not a token of this search; leave it out to begin again, or repeat the search as it was';

/** Holds the event loop for no longer than its time at a stretch. */
class Slice {
  readonly #ms: number;
  readonly #now: () => number;
  #since: number;

  constructor(ms: number, now: () => number) {
    this.#ms = ms;
    this.#now = now;
    this.#since = now();
  }

  /** null while there is time left. */
  rest(): Promise<void> | null {
    if (this.#now() - this.#since < this.#ms) return null;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#since = this.#now();
        resolve();
      });
    });
  }
}

/** What must stay the same from page to page (AuthZEN, "Pagination"), in one form whatever the order of members. */
function identityOf({ page, ...search }: SearchRequest): string {
  return canonicalize({ ...search, page: page?.properties ?? null }) ?? '';
}

function* namesOf(request: SearchRequest, facts: Facts, actions: readonly string[]): Generator<string> {
  if (request.searched === 'action') yield* actions;
  else if (request.searched === 'subject') {
    if (request.subject.type !== SUBJECT_TYPE) return;
    for (const { id } of facts.subjects()) yield id;
  } else {
    for (const resource of facts.resources()) if (isOfType(resource, request.resource.type)) yield resource.id;
  }
}

function evaluationOf(request: SearchRequest, name: string): EvaluationRequest {
  if (request.searched === 'subject') return { ...request, subject: { ...request.subject, id: name } };
  if (request.searched === 'resource') return { ...request, resource: { ...request.resource, id: name } };
  return { ...request, action: { name } };
}

function resultOf(request: SearchRequest, name: string): SearchResponse['results'][number] {
  if (request.searched === 'action') return { name };
  const { type } = request.searched === 'subject' ? request.subject : request.resource;
  return { type, id: name };
}
