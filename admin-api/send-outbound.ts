import type { Lifecycle } from '../core/process/lifecycle.ts';
import type { WorkerMetrics } from './admin-metrics.ts';
import type { Outbound } from './create-outbound.ts';
import type { AdminParts } from './create-parts.ts';
import { repeat } from './jobs/repeat.ts';
import { sendDeliveries } from './notifications/deliveries/send-deliveries.ts';

/**
 * Sends what is due, each channel in a loop of its own, so that one that hangs holds up nothing but itself: at once
 * when this worker has planned something, and by the sweep whatever was planned elsewhere, comes due later or was left
 * behind by a worker that died.
 * @returns starts another round of every loop
 */
export function sendOutbound(
  parts: AdminParts,
  outbound: Outbound,
  metrics: WorkerMetrics,
  lifecycle: Lifecycle,
): () => void {
  const { knex, clock, config, logger } = parts;
  const senders = outbound.senders();
  lifecycle.onStop('channels', () => senders.close());
  const loops = senders.list.map((sender) => {
    const context = {
      knex,
      clock,
      limits: config.deliveries,
      onAttempt: (channel: string, outcome: string) => metrics.deliveryAttempts.inc({ channel, outcome }),
    };
    const stopping = new AbortController();
    const loop = repeat(`sending by ${sender.channel}`, config.sweepIntervalMs, logger, async () => {
      while (!stopping.signal.aborted && (await sendDeliveries(context, sender)));
    });
    lifecycle.onStop(`sending by ${sender.channel}`, () => {
      stopping.abort();
      return loop.stop();
    });
    return loop;
  });
  return () => {
    for (const loop of loops) loop.now();
  };
}
