import { roundMs, type DecisionLines, type LoggedDecision } from './decision-log.ts';

/** People and texts that come again and again. Bounded, because some are chosen by whoever asks. */
const REMEMBERED = 4_096;

/** The middle of a line, and what is said in it. */
interface Middle {
  readonly subject: string | null;
  readonly resource: string | null;
  readonly action: string | null;
  readonly allow: boolean;
  readonly reason: string;
  readonly grants: readonly string[];
  readonly policyRevision: string | null;
  readonly via: string;
  readonly text: string;
}

/**
 * The same lines as `LoggedDecisionLines` writes, put together here: at thousands a second, a logger that works for any
 * object costs as much as the decision. Time, id and duration are new in each; what stands between them is mostly what it
 * was when the person last asked.
 */
export class FastDecisionLines implements DecisionLines {
  readonly #write: (line: string) => void;
  readonly #afterTime: string;
  readonly #texts = new Map<string, string>();
  /** By subject; nobody has one too. */
  readonly #middles = new Map<string | null, Middle>();
  #second = Number.NaN;
  #beforeMs = '';

  /**
   * @param write takes one line with its line feed
   * @param process as all log lines name it
   */
  constructor(write: (line: string) => void, process: string) {
    this.#write = write;
    this.#afterTime = `Z","process":${JSON.stringify(process)},"evaluation_id":"`;
  }

  write(logged: LoggedDecision): void {
    const { evaluation_id } = logged.decision;
    const middle = this.#middleOf(logged);
    this.#write(
      `${this.#now()}${this.#afterTime}${evaluation_id}${middle}${roundMs(logged.durationMs)},"msg":"decision"}\n`,
    );
  }

  #middleOf({ decision, reason, subject, resource, action, via }: LoggedDecision): string {
    const { allow, grants, policy_revision: policyRevision } = decision;
    const known = this.#middles.get(subject);
    if (
      known !== undefined &&
      // Lists of grants are never changed in place, and one answer has one list for as long as it is remembered.
      (known.grants === grants || (known.grants.length === 0 && grants.length === 0)) &&
      known.resource === resource &&
      known.action === action &&
      known.allow === allow &&
      known.reason === reason &&
      known.policyRevision === policyRevision &&
      known.via === via
    ) {
      return known.text;
    }
    const list = grants.map((grant) => this.#text(grant)).join(',');
    // Reason, way and id are our own words; everything else is escaped.
    const text = `","subject":${this.#text(subject)},"resource":${this.#text(resource)},"action":${this.#text(action)},"allow":${allow},"reason":"${reason}","grants":[${list}],"policy_revision":${this.#text(policyRevision)},"via":"${via}","duration_ms":`;
    if (this.#middles.size >= REMEMBERED) this.#middles.clear();
    this.#middles.set(subject, { subject, resource, action, allow, reason, grants, policyRevision, via, text });
    return text;
  }

  #text(value: string | null): string {
    if (value === null) return 'null';
    let text = this.#texts.get(value);
    if (text === undefined) {
      text = JSON.stringify(value);
      if (this.#texts.size >= REMEMBERED) this.#texts.clear();
      this.#texts.set(value, text);
    }
    return text;
  }

  /** The beginning of a line up to its time but for the zone: RFC 3339, of which all but the milliseconds is made once a second. */
  #now(): string {
    const nowMs = Date.now();
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#beforeMs = `{"level":"info","time":"${new Date(nowMs).toISOString().slice(0, -4)}`;
    }
    const ms = nowMs - second * 1000;
    return `${this.#beforeMs}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}`;
  }
}
