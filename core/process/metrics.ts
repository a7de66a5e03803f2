import {
  collectDefaultMetrics,
  Registry,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client';

/** A registry does not tell the labels it was given. */
const labelsOf = new WeakMap<Registry, Readonly<Record<string, string>>>();

/** A registry of its own per process part, so that two roots in one process (the quickstart) don't share counters. */
export function createMetrics(labels: Readonly<Record<string, string>> = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  labelsOf.set(registry, labels);
  collectDefaultMetrics({ register: registry });
  return registry;
}

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * All metrics in the format the scraper asks for: OpenMetrics 1.0 where it names it (exemplars exist only there), else
 * the Prometheus text format.
 * @param accept the scraper's Accept header
 */
export async function expose(registry: Registry, accept: string | undefined): Promise<Exposition> {
  if (accept?.includes('application/openmetrics-text') !== true) {
    return { contentType: registry.contentType, text: await registry.metrics() };
  }
  const twin = new Registry();
  twin.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  twin.setDefaultLabels(labelsOf.get(registry) ?? {});
  for (const metric of registry.getMetricsAsArray()) twin.registerMetric(new OpenMetric(metric as never) as never);
  return { contentType: twin.contentType, text: await twin.metrics() };
}

type Values = MetricObjectWithValues<MetricValue<string>>;

/**
 * A metric as OpenMetrics names it. The registry takes `_total` off the name of a counter by writing to the metric, which
 * would take it off in the other format as well; so it gets something else to write to.
 */
class OpenMetric {
  name: string;
  readonly type: string;
  readonly #metric: Metric & { getForPromString?(): Promise<Values> };

  constructor(metric: Metric & { readonly name: string; readonly type: string }) {
    this.name = metric.name;
    this.type = metric.type;
    this.#metric = metric;
  }

  async getForPromString(): Promise<Values> {
    const metric = this.#metric;
    const values = metric.getForPromString === undefined ? await metric.get() : await metric.getForPromString();
    return { ...(values as Values), name: this.name };
  }
}
