import { roundMs, type DecisionLines, type LoggedDecision } from './decision-log.ts';

/** Texts that come again and again, escaped once. Bounded, because some are chosen by whoever asks. */
const REMEMBERED_TEXTS = 4_096;

/**
 * The same lines as `LoggedDecisionLines` writes, put together here: at thousands a second, a logger that works for any
 * object costs as much as the decision.
 */
export class FastDecisionLines implements DecisionLines {
  readonly #write: (line: string) => void;
  readonly #afterTime: string;
  readonly #texts = new Map<string, string>();
  #lastMs = 0;
  #time = '';

  /**
   * @param write takes one line with its line feed
   * @param process as all log lines name it
   */
  constructor(write: (line: string) => void, process: string) {
    this.#write = write;
    this.#afterTime = `","process":${JSON.stringify(process)},"evaluation_id":"`;
  }

  write({ decision, reason, subject, resource, action, via, durationMs }: LoggedDecision): void {
    const grants = decision.grants.length === 0 ? '[]' : this.#list(decision.grants);
    this.#write(
      // Reason, way and id are our own words; everything else is escaped.
      `{"level":"info","time":"${this.#now()}${this.#afterTime}${decision.evaluation_id}","subject":${this.#text(subject)},"resource":${this.#text(resource)},"action":${this.#text(action)},"allow":${decision.allow},"reason":"${reason}","grants":${grants},"policy_revision":${this.#text(decision.policy_revision)},"via":"${via}","duration_ms":${roundMs(durationMs)},"msg":"decision"}\n`,
    );
  }

  #list(values: readonly string[]): string {
    let text = '';
    for (const value of values) text += text === '' ? this.#text(value) : `,${this.#text(value)}`;
    return `[${text}]`;
  }

  #text(value: string | null): string {
    if (value === null) return 'null';
    let text = this.#texts.get(value);
    if (text === undefined) {
      text = JSON.stringify(value);
      if (this.#texts.size >= REMEMBERED_TEXTS) this.#texts.clear();
      this.#texts.set(value, text);
    }
    return text;
  }

  /** RFC 3339, made once per millisecond. */
  #now(): string {
    const nowMs = Date.now();
    if (nowMs !== this.#lastMs) {
      this.#lastMs = nowMs;
      this.#time = new Date(nowMs).toISOString();
    }
    return this.#time;
  }
}
