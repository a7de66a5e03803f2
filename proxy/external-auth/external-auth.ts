import type { Logger } from '../../core/process/logger.ts';
import type { DenyReason } from '../../core/access/reason-code.ts';
import type { ProxyLimits } from '../config.ts';
import type { MonotonicClock } from '../facts/steady-clock.ts';
import type { DecisionLog } from '../gate/decision-log.ts';
import type { Gate } from '../gate/gate.ts';
import type { Judge } from '../gate/judge.ts';
import { loggedVerdict } from '../gate/logged-verdict.ts';
import type { Denial, Verdict } from '../gate/verdict.ts';
import { headOf, type Check, type CheckReading } from './check.ts';

export interface ExternalAuthParts {
  readonly gate: Gate;
  readonly judge: Judge;
  readonly log: DecisionLog;
  readonly logger: Logger;
  readonly limits: Pick<ProxyLimits, 'external_auth_timeout_ms'>;
  readonly now: MonotonicClock;
}

/**
 * Puts what other proxies ask about through the gate that traffic goes through, with the same answer and the same log.
 * What is allowed passes elsewhere, so nothing is registered as live, and nothing of it can be cut.
 */
export class ExternalAuth {
  readonly #parts: ExternalAuthParts;

  constructor(parts: ExternalAuthParts) {
    this.#parts = parts;
  }

  /** Never an allow because of an error (law 1). @throws what the gate throws */
  async check(reading: CheckReading): Promise<Verdict> {
    const { log, now } = this.#parts;
    const startedAt = now();
    const verdict = reading.ok ? await this.#judge(reading.check) : this.#refuse('request-refused', reading.refused);
    log.write(loggedVerdict(verdict, 'external-auth', now() - startedAt));
    return verdict;
  }

  /** What may be either has to be allowed as both: whoever may only open a socket does not get to read, nor the other way. */
  async #judge(check: Check): Promise<Verdict> {
    const verdict = await this.#inTime(check, check.upgrade === 'websocket');
    return check.upgrade === 'unknown' && verdict.allowed ? this.#inTime(check, true) : verdict;
  }

  /** Only a token that is new to this sidecar takes time. */
  async #inTime(check: Check, upgrade: boolean): Promise<Verdict> {
    const verdict = this.#parts.gate.judge(headOf(check, upgrade), upgrade);
    if (!(verdict instanceof Promise)) return verdict;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Verdict>((resolve) => {
      const { external_auth_timeout_ms: timeoutMs } = this.#parts.limits;
      timer = setTimeout(() => resolve(this.#refuse('identity-unavailable', null)), timeoutMs);
    });
    try {
      return await Promise.race([verdict, late]);
    } finally {
      clearTimeout(timer);
      verdict.catch((error: unknown) => this.#parts.logger.error({ err: error }, 'a check failed after its time'));
    }
  }

  #refuse(reason: DenyReason, detail: string | null): Denial {
    return {
      allowed: false,
      decision: this.#parts.judge.refuse(reason),
      subject: null,
      resource: null,
      action: null,
      returnTo: null,
      loggedResource: null,
      loggedReason: reason,
      detail,
    };
  }
}
