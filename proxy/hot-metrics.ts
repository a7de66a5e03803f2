import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/** Bounds for what takes microseconds. */
export const FAST_SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

type Collected = MetricObjectWithValues<MetricValue<string>>;
type Labels = Readonly<Record<string, string>>;

/** What a registry asks of a metric when it is scraped. */
interface Scraped {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram';
  get(): Promise<Collected>;
}

function describe(metric: Pick<Scraped, 'name' | 'help' | 'type'>, values: object[]): Collected {
  const { name, help, type } = metric;
  return { name, help, type, values, aggregator: 'sum' } as never;
}

/** One series of a counter. */
export class HotCount {
  readonly labels: Labels;
  value = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

/**
 * A counter whose series are objects that are counted in, where prom-client would look a series up by its labels (copied,
 * sorted, joined and hashed) each time. For what happens at every request.
 */
export class HotCounter implements Scraped {
  readonly name: string;
  readonly help: string;
  readonly type = 'counter';
  readonly #series: HotCount[] = [];
  readonly #followed: { readonly labels: Labels; readonly read: () => number }[] = [];

  constructor(registry: Registry, name: string, help: string) {
    this.name = name;
    this.help = help;
    registry.registerMetric(this as never);
  }

  /** A new series; the caller keeps it, and asks once for each set of labels. */
  series(labels: Labels): HotCount {
    const made = new HotCount(labels);
    this.#series.push(made);
    return made;
  }

  /** A series that somebody else counts. */
  follow(labels: Labels, read: () => number): void {
    this.#followed.push({ labels, read });
  }

  async get(): Promise<Collected> {
    return describe(this, [
      ...this.#series.map(({ labels, value }) => ({ labels, value })),
      ...this.#followed.map(({ labels, read }) => ({ labels, value: read() })),
    ]);
  }
}

/** One series of a histogram. */
export class HotTimes {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  /** For each bound what fell below it and above the one before, and at last what fell above all. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] as number)) place += 1;
    this.counts[place] = (this.counts[place] as number) + 1;
    this.sum += value;
  }
}

/** A histogram of the same make. */
export class HotHistogram implements Scraped {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly #bounds: readonly number[];
  readonly #series: HotTimes[] = [];

  /** @param bounds ascending; the infinite one is added */
  constructor(registry: Registry, name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    registry.registerMetric(this as never);
  }

  series(labels: Labels): HotTimes {
    const made = new HotTimes(labels, this.#bounds);
    this.#series.push(made);
    return made;
  }

  async get(): Promise<Collected> {
    return describe(
      this,
      this.#series.flatMap((one) => valuesOf(this.name, one)),
    );
  }
}

function valuesOf(name: string, { labels, bounds, counts, sum }: HotTimes): object[] {
  let seen = 0;
  const buckets = Array.from(counts, (count, place) => {
    seen += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[place] ?? '+Inf' }, value: seen };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: seen },
  ];
}
