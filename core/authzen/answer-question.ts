import type { ReasonCode } from '../access/reason-code.ts';
import type { Decision } from '../decision/decision.ts';
import type { Logger } from '../process/logger.ts';
import type { Answer } from '../process/problem-answer.ts';
import { presentedApproval, type ReadApprovalState } from './approval.ts';
import type { Asker } from './asker.ts';
import type { AuthzenLimits } from './authzen-limits.ts';
import type { Judge } from './bench.ts';
import { invalidAnswer, jsonAnswer, notReadyAnswer } from './decision-answer.ts';
import type { Asked } from './endpoint.ts';
import {
  answerEvaluation,
  evaluateAccess,
  type AskedEvaluation,
  type DenialLinks,
  type Evaluation,
} from './evaluate-access.ts';
import { answerSeveral, evaluateSeveral } from './evaluate-several.ts';
import { readEvaluationRequest, type EvaluationRequest } from './evaluation-request.ts';
import { readEvaluationsRequest } from './evaluations-request.ts';
import { PageTokens } from './page-token.ts';
import { readJson } from './read-json.ts';
import { AccessSearch } from './search-access.ts';
import { readSearchRequest, type Searched, type SearchRequest } from './search-request.ts';

/** Who writes decisions down. */
export interface QuestionLog {
  write(logged: {
    readonly decision: Decision;
    readonly reason: ReasonCode;
    readonly subject: string | null;
    readonly resource: string | null;
    readonly action: string | null;
    readonly via: 'decision-api';
    readonly durationMs: number;
  }): void;
}

export interface QuestionOptions {
  readonly judge: Judge;
  readonly links: DenialLinks;
  readonly log: QuestionLog;
  readonly logger: Logger;
  readonly limits: AuthzenLimits;
  /** Milliseconds that only ever go up. */
  readonly now: () => number;
  /** null: access requests are not spoken of here, so a member `approval` of the context is one like any other. */
  readonly readApprovalState: ReadApprovalState | null;
  /** What a search for actions asks about. */
  readonly actions: readonly string[];
  /** Known to every process that answers under this address, and to no app. */
  readonly pageSecret: string;
}

/** Body -> answer, for each of the AuthZEN Authorization API's endpoints but the metadata. Knows nothing of HTTP but the answer. */
export class QuestionAnswerer {
  readonly #options: QuestionOptions;
  readonly #search: AccessSearch;

  constructor(options: QuestionOptions) {
    this.#options = options;
    const { judge, actions, limits, now } = options;
    this.#search = new AccessSearch({ judge, actions, limits, now, tokens: new PageTokens(options.pageSecret) });
  }

  async answer(asked: Exclude<Asked, 'metadata'>, body: string, asker: Asker): Promise<Answer> {
    const { decision_json_depth: maxDepth, decision_context_chars: maxChars } = this.#options.limits;
    const reading = readJson(body, maxDepth);
    if (!reading.ok) return invalidAnswer(reading.problems);
    const { value: json } = reading;
    if (asked === 'evaluations') return this.#evaluateSeveral(json, asker);
    if (asked === 'evaluation') {
      const request = readEvaluationRequest(json, maxChars);
      return request.ok ? this.#evaluate(request.value, asker) : invalidAnswer(request.problems);
    }
    return this.#find(asked.search, json, asker);
  }

  async #evaluate(request: EvaluationRequest, asker: Asker): Promise<Answer> {
    const { judge, links, now } = this.#options;
    const asked = await this.#withApproval(request);
    const startedAt = now();
    const bench = judge.sit();
    if (typeof bench === 'string') return notReadyAnswer(bench);
    const evaluation = evaluateAccess(asked, judge, bench, asker);
    this.#write(evaluation, now() - startedAt);
    return jsonAnswer(await answerEvaluation(evaluation, links));
  }

  async #evaluateSeveral(json: unknown, asker: Asker): Promise<Answer> {
    const { judge, links, limits, now } = this.#options;
    const reading = readEvaluationsRequest(json, limits);
    if (!reading.ok) return invalidAnswer(reading.problems);
    const request = reading.value;
    if (request.kind === 'single') return this.#evaluate(request.request, asker);
    const items = await Promise.all(
      request.items.map(async (item) => (item.ok ? { ...item, value: await this.#withApproval(item.value) } : item)),
    );
    const startedAt = now();
    const bench = judge.sit();
    if (typeof bench === 'string') return notReadyAnswer(bench);
    const outcomes = evaluateSeveral(items, request.semantic, { judge, bench, asker });
    const durationMs = (now() - startedAt) / outcomes.length;
    for (const outcome of outcomes) if ('decision' in outcome) this.#write(outcome, durationMs);
    return jsonAnswer({ evaluations: await answerSeveral(outcomes, links) });
  }

  async #withApproval(request: EvaluationRequest): Promise<AskedEvaluation> {
    const { readApprovalState } = this.#options;
    return {
      request,
      approval: readApprovalState === null ? null : await presentedApproval(request, readApprovalState),
    };
  }

  async #find(searched: Searched, json: unknown, asker: Asker): Promise<Answer> {
    const { limits, logger, now } = this.#options;
    const reading = readSearchRequest(searched, json, limits.decision_context_chars);
    if (!reading.ok) return invalidAnswer(reading.problems);
    const startedAt = now();
    const outcome = await this.#search.search(reading.value, asker);
    if (!outcome.ok) {
      return 'notReady' in outcome ? notReadyAnswer(outcome.notReady) : invalidAnswer(outcome.problems);
    }
    const { tried, response } = outcome;
    const found = response.results.length;
    logger.info({ ...namesIn(reading.value), tried, found, duration_ms: now() - startedAt }, 'search');
    return jsonAnswer(response);
  }

  #write({ request, decision, subject }: Evaluation, durationMs: number): void {
    this.#options.log.write({
      decision,
      reason: decision.reason,
      subject: subject?.id ?? null,
      resource: `${request.resource.type}:${request.resource.id}`,
      action: request.action.name,
      via: 'decision-api',
      durationMs,
    });
  }
}

/** What was searched, for the log: names, and nothing of what the app said beside them. */
function namesIn(request: SearchRequest): Readonly<Record<string, string>> {
  const { searched, subject, resource } = request;
  return {
    searched,
    subject: request.searched === 'subject' ? subject.type : `${subject.type}:${request.subject.id}`,
    resource: request.searched === 'resource' ? resource.type : `${resource.type}:${request.resource.id}`,
    ...(request.searched === 'action' ? {} : { action: request.action.name }),
  };
}
