import { z } from 'zod';
import { epochMs } from '../access/grant.ts';
import { factSchema } from './fact.ts';

export const FEED_PROTOCOL = 2;

const revision = z.int().min(0);
const epoch = z.string().min(1).max(64);
/**
 * Names one change, at random: the same revision with another mark is another history. A database that was restored from
 * a backup, kept its epoch and has gone on since is found out by it, whatever its revision.
 */
const mark = z.string().min(1).max(64);
/** At that moment of the control plane's clock its database held nothing newer. */
const asOf = epochMs;

/**
 * The feed: `hello`, then either `snapshot-begin`, `fact`s and `snapshot-end`, or nothing (the caller is on the tail);
 * then `change`s, each with the very next revision and the mark of the one before it, and `heartbeat`s with revision and
 * mark of the last change sent.
 */
export const feedMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.literal(FEED_PROTOCOL),
    /** Names one history of revisions. A restored backup starts a new one. */
    epoch,
    mode: z.enum(['snapshot', 'tail']),
    revision,
    server_time: epochMs,
    heartbeat_interval_ms: z.int().min(10),
  }),
  z.strictObject({ type: z.literal('snapshot-begin'), epoch, revision, mark, as_of: asOf }),
  z.strictObject({ type: z.literal('fact'), fact: factSchema }),
  z.strictObject({ type: z.literal('snapshot-end'), epoch, revision, facts: z.int().min(0) }),
  z.strictObject({ type: z.literal('change'), revision, after: mark, mark, facts: z.array(factSchema) }),
  z.strictObject({ type: z.literal('heartbeat'), revision, mark, as_of: asOf, server_time: epochMs }),
]);
export type FeedMessage = z.infer<typeof feedMessageSchema>;
