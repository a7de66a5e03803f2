import { describeError } from '../../../core/process/logger.ts';
import type { Clock } from '../../../core/process/clock.ts';
import type { Knex } from '../../db/knex.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { DeliveryChannel } from './delivery-row.ts';
import { finishDeliveries, type AttemptOutcome, type AttemptResult } from './finish-deliveries.ts';
import { gatherDigests, leaseDeliveries, leaseMs, type LeasedBatch } from './lease-deliveries.ts';

export interface DeliverySender {
  readonly channel: DeliveryChannel;
  /** One attempt at one message. What it throws counts as a failure that may pass. */
  attempt(batch: LeasedBatch): Promise<AttemptResult>;
}

export interface SendContext {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly limits: DeliveryLimits;
  readonly onAttempt: (channel: DeliveryChannel, outcome: AttemptOutcome) => void;
}

/**
 * Sends what is due on a channel: leases it, sends outside of any transaction, marks it. A worker that dies before the
 * hand-over has lost nothing and doubled nothing. One that dies between the hand-over and the mark leaves a message
 * that will be handed over again, under the same id: at least once, and the receiver can tell.
 * @returns whether there may be more that is due and could be sent now
 */
export async function sendDeliveries(context: SendContext, sender: DeliverySender): Promise<boolean> {
  const { knex, clock, limits } = context;
  const startedMs = clock();
  await gatherDigests(knex, sender.channel, startedMs);
  const batches = await leaseDeliveries(knex, sender.channel, limits, startedMs);
  const waiting = [...batches];
  let failed = 0;
  async function lane(): Promise<void> {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      // Whoever is slow must not send what is somebody else's by now.
      if (clock() + limits.timeoutMs > startedMs + leaseMs(limits)) return;
      const result =
        batch.lead.attempts > limits.attempts
          ? failure('the worker died in every attempt')
          : await attemptWithin(limits.timeoutMs, sender, batch);
      const outcome = await finishDeliveries(knex, batch, result, limits, clock());
      if (outcome === 'retry') failed += 1;
      context.onAttempt(sender.channel, outcome);
    }
  }
  await Promise.all(Array.from({ length: limits.concurrency }, lane));
  // Where everything fails the other side is away: the next sweep is soon enough.
  return batches.length >= limits.concurrency * 4 && failed < batches.length;
}

async function attemptWithin(timeoutMs: number, sender: DeliverySender, batch: LeasedBatch): Promise<AttemptResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<AttemptResult>((resolve) => {
    timer = setTimeout(() => resolve(failure(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([sender.attempt(batch), late]);
  } catch (error) {
    return failure(describeError(error).message);
  } finally {
    clearTimeout(timer);
  }
}

function failure(error: string): AttemptResult {
  return { dropped: new Map(), message: { outcome: 'retry', error } };
}
