import { z } from 'zod';
import { epochMs } from '../access/grant.ts';
import { factSchema } from './fact.ts';

export const FEED_PROTOCOL = 1;

/** The longest line a reader takes, in characters. A change of the most facts a transaction may carry stays below it. */
export const MAX_FEED_LINE_CHARS = 8 * 1024 * 1024;

const revision = z.int().min(0);
const epoch = z.string().min(1).max(64);

/**
 * The feed: `hello`, then either `snapshot-begin`, `fact`s and `snapshot-end`, or nothing (the caller is on the tail);
 * then `change`s, each with the very next revision, and `heartbeat`s with the revision of the last change sent.
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
  z.strictObject({ type: z.literal('snapshot-begin'), epoch, revision }),
  z.strictObject({ type: z.literal('fact'), fact: factSchema }),
  z.strictObject({ type: z.literal('snapshot-end'), epoch, revision, facts: z.int().min(0) }),
  z.strictObject({ type: z.literal('change'), revision, facts: z.array(factSchema) }),
  z.strictObject({ type: z.literal('heartbeat'), revision, server_time: epochMs }),
]);
export type FeedMessage = z.infer<typeof feedMessageSchema>;

/** One NDJSON line, with its line feed. */
export function encodeFeedMessage(message: FeedMessage): string {
  return `${JSON.stringify(message)}\n`;
}

export class FeedMessageError extends Error {
  override readonly name = 'FeedMessageError';
}

/** @throws FeedMessageError for anything but one whole, valid message; the reader then resyncs. */
export function decodeFeedMessage(line: string): FeedMessage {
  if (line.length > MAX_FEED_LINE_CHARS) {
    throw new FeedMessageError(
      `A feed line may have ${MAX_FEED_LINE_CHARS} characters at the most; got ${line.length}.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new FeedMessageError('A feed line is not JSON.');
  }
  const parsed = feedMessageSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FeedMessageError(
      `A feed message is invalid at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'unknown'}`,
    );
  }
  return parsed.data;
}
