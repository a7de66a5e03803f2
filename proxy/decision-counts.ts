import type { Registry } from 'prom-client';
import type { ReasonCode } from '../core/access/reason-code.ts';
import { FAST_SECONDS, HotCounter, HotHistogram, type HotCount, type HotTimes } from './hot-metrics.ts';

/** Who asked: traffic through the proxy, an app, or another proxy. */
export type Via = 'proxy' | 'decision-api' | 'external-auth';

interface Series {
  readonly allowed: Map<ReasonCode, HotCount>;
  readonly denied: Map<ReasonCode, HotCount>;
  readonly times: HotTimes;
}

/** What is counted of every decision. Labels come from closed sets. */
export class DecisionCounts {
  readonly #counter: HotCounter;
  readonly #byVia: Readonly<Record<Via, Series>>;

  constructor(registry: Registry) {
    this.#counter = new HotCounter(registry, 'hallpass_proxy_decisions_total', 'Decisions by outcome and reason code.');
    const durations = new HotHistogram(
      registry,
      'hallpass_proxy_decision_duration_seconds',
      'From the headers of a request to its decision.',
      FAST_SECONDS,
    );
    const seriesOf = (via: Via): Series => ({
      allowed: new Map(),
      denied: new Map(),
      times: durations.series({ via }),
    });
    this.#byVia = {
      proxy: seriesOf('proxy'),
      'decision-api': seriesOf('decision-api'),
      'external-auth': seriesOf('external-auth'),
    };
  }

  count(allow: boolean, reason: ReasonCode, via: Via, durationMs: number): void {
    const series = this.#byVia[via];
    const byReason = allow ? series.allowed : series.denied;
    let count = byReason.get(reason);
    if (count === undefined) {
      count = this.#counter.series({ allow: String(allow), reason, via });
      byReason.set(reason, count);
    }
    count.value += 1;
    series.times.observe(durationMs / 1000);
  }
}
