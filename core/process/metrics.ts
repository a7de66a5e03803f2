import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry of its own per process part, so that two roots in one process (the quickstart) don't share counters. */
export function createMetrics(labels: Readonly<Record<string, string>> = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  return registry;
}
