import { performance } from 'node:perf_hooks';
import type { LogRules } from '../../core/decision/policy-engine.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { LoggedDecision } from '../gate/decision-log.ts';
import { decisionEvent, type DecisionEvent, type EventFrame } from './decision-event.ts';
import type { DropRule } from './decision-log-settings.ts';
import type { EventBuffer } from './event-buffer.ts';
import { appContextRules, maskEvent, readMaskRules, type MaskRule } from './mask-event.ts';

/** What became of events, for the metric `hallpass_proxy_decision_log_events_total`. */
export const EVENT_OUTCOMES = [
  'logged',
  'uploaded',
  'dropped-by-rule',
  'dropped-unmasked',
  'dropped-queue',
  'dropped-buffer',
  'dropped-size',
  'dropped-stop',
] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

export interface DecisionSinkOptions {
  readonly frame: EventFrame;
  readonly mask: readonly MaskRule[];
  readonly showsAppContext: boolean;
  readonly drop: readonly DropRule[];
  /** Of the policy in use. */
  readonly rules: () => LogRules | null;
  /** Writes a line of it; null: not to the console. */
  readonly print: ((event: DecisionEvent, printed: readonly string[]) => void) | null;
  /** null: not to a service. */
  readonly buffer: EventBuffer | null;
  readonly onBuffered: () => void;
  readonly maxQueued: number;
  readonly count: (outcome: EventOutcome, events?: number) => void;
  readonly logger: Logger;
}

/** Between a decision and the making of its event: enough to let its request go first. */
const DELAY_MS = 20;
/** The longest the event loop is held at a stretch. */
const SLICE_MS = 1;

/**
 * Makes OPA's events of decisions, off their way: on it, a decision is put on a list, and that is all. Where more come than
 * can be made events of, the oldest are dropped and counted; a request never waits.
 */
export class DecisionSink {
  readonly #options: DecisionSinkOptions;
  #queue: (LoggedDecision | null)[] = [];
  #head = 0;
  #timer: NodeJS.Timeout | null = null;
  #unmasked = '';

  constructor(options: DecisionSinkOptions) {
    this.#options = options;
  }

  get queued(): number {
    return this.#queue.length - this.#head;
  }

  add(decision: LoggedDecision): void {
    this.#queue.push(decision);
    if (this.queued > this.#options.maxQueued) {
      this.#queue[this.#head] = null;
      this.#head += 1;
      this.#options.count('dropped-queue');
    }
    if (this.#timer === null) this.#later(DELAY_MS);
  }

  /** Makes events of all there is, without a pause; for the end. */
  finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#work(Infinity);
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#work(SLICE_MS);
      if (this.queued > 0) this.#later(0);
    }, ms);
    this.#timer.unref();
  }

  #work(sliceMs: number): void {
    const startedAt = performance.now();
    while (this.#head < this.#queue.length) {
      const logged = this.#queue[this.#head]!;
      this.#queue[this.#head] = null;
      this.#head += 1;
      this.#log(logged);
      if (performance.now() - startedAt >= sliceMs) break;
    }
    if (this.#head === this.#queue.length || this.#head > this.#options.maxQueued) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#options.onBuffered();
  }

  #log(logged: LoggedDecision): void {
    const { frame, count, print, buffer } = this.#options;
    let masked: DecisionEvent | null;
    try {
      masked = this.#masked(logged, decisionEvent(logged, frame));
    } catch (error) {
      count('dropped-unmasked');
      this.#complain(error);
      return;
    }
    if (masked === null) {
      count('dropped-by-rule');
      return;
    }
    count('logged');
    print?.(masked, logged.decision.evaluated?.printed ?? []);
    buffer?.add(JSON.stringify(masked));
  }

  /** @returns null when it is not to be logged @throws when it can't be known what to hide */
  #masked(logged: LoggedDecision, event: DecisionEvent): DecisionEvent | null {
    const { drop, mask, showsAppContext, rules } = this.#options;
    const { allow } = logged.decision;
    const { reason, action, resource, via } = logged;
    if (drop.some((rule) => fits(rule, { allow, reason, action, resource, via }))) return null;
    const own = rules();
    if (own?.drop?.(event) === true) return null;
    const policyMask = readMaskRules(own?.mask?.(event));
    return maskEvent(event, [...(showsAppContext ? [] : appContextRules(event)), ...mask, ...policyMask]);
  }

  /** Once for each kind of complaint in a row: a broken rule would fill the log with itself. */
  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#unmasked) return;
    this.#unmasked = message;
    this.#options.logger.error({ err: error }, 'decisions are not logged, because what to hide in them is not known');
  }
}

function fits(rule: DropRule, event: Readonly<Record<keyof DropRule, unknown>>): boolean {
  return (Object.keys(rule) as (keyof DropRule)[]).every(
    (name) => rule[name] === undefined || rule[name] === event[name],
  );
}
