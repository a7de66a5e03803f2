import { createPrivateKey } from 'node:crypto';
import { Lifecycle } from '../../core/process/lifecycle.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { JWK } from 'jose';
import type { DenialKey } from '../../core/decision/denial-token.ts';
import { startManagement } from '../create-management.ts';
import { startIdentity } from '../create-identity-parts.ts';
import { createParts } from '../create-parts.ts';
import { SYSTEM_TIME } from '../facts/steady-clock.ts';
import type { DecisionLines } from '../gate/decision-log.ts';
import { AssertionKeys } from '../identity/assertion-keys.ts';
import { readinessOf } from '../readiness.ts';
import type { WorkerLink } from './worker-link.ts';
import type { FromWorker, SharedKey, ToWorker } from './worker-messages.ts';

/** A replacement listens once it can answer, or after this long: where nobody can, refusing is an answer too. */
const LISTEN_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 20;
const CLOSE_TIMEOUT_MS = 3_000;

export interface RunningWorker {
  receive(message: ToWorker): void;
  stop(): Promise<void>;
}

/** The parts of a sidecar that carry traffic, fed over the link. Listens at the port that all workers share. */
export async function runWorker(
  begin: Extract<ToWorker, { kind: 'begin' }>,
  link: WorkerLink,
  send: (message: FromWorker) => void,
  logging: { readonly logger: Logger; readonly decisionLines: DecisionLines; readonly droppedLogBytes: () => number },
): Promise<RunningWorker> {
  const { config, secrets, instance } = begin;
  const lifecycle = new Lifecycle(logging.logger, config.limits.shutdown_grace_ms + CLOSE_TIMEOUT_MS);
  const assertionKeys = AssertionKeys.from(begin.assertionKeys);
  const parts = await createParts({
    config: { ...config, status: undefined, external_auth: undefined },
    secrets,
    instance,
    ...logging,
    time: SYSTEM_TIME,
    worker: { link, denialKey: readSharedKey(begin.denialKey), assertionKeys },
  });
  const { clock, management, facts, feed, firstUses, live, traffic, trafficServer, identity, tracing } = parts;
  link.join(facts, clock, () => readinessOf(parts));
  clock.start();
  lifecycle.onStop('clock', () => clock.stop());
  startIdentity(identity, lifecycle);
  await startManagement(management, lifecycle);
  if (tracing !== null) lifecycle.onStop('tracing', () => tracing.stop());
  feed.start();
  lifecycle.onStop('feed', async () => {
    firstUses.stop();
    await feed.stop();
    facts.stop();
  });
  if (begin.isReplacement) await untilReady(() => readinessOf(parts).ready);
  const port = await trafficServer.start(config.proxy.port, config.proxy.host, true);
  lifecycle.onStop('proxy', async () => {
    await trafficServer.drain(config.limits.shutdown_grace_ms);
    live.cutAll('shutting-down');
    trafficServer.closeAll();
    traffic.close();
  });
  link.tell();
  send({ kind: 'listening', port });
  return {
    receive: (message) => {
      if (message.kind === 'assertion-keys') assertionKeys.take(message.keys);
      else if (message.kind === 'ask-metrics') void sendMetrics(message.question);
    },
    stop: () => lifecycle.stop(),
  };

  async function sendMetrics(question: number): Promise<void> {
    const metrics = await parts.metrics.registry.getMetricsAsJSON();
    send({ kind: 'metrics', question, metrics });
  }
}

function readSharedKey({ kid, privateJwk }: SharedKey): DenialKey {
  const { kty, crv, x } = privateJwk as JWK;
  const publicJwk = { kty, crv, x, kid } as JWK;
  return { kid, privateKey: createPrivateKey({ key: privateJwk, format: 'jwk' }), publicJwk };
}

async function untilReady(isReady: () => boolean): Promise<void> {
  const until = performance.now() + LISTEN_AFTER_MS;
  while (!isReady() && performance.now() < until) {
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}
