import { z } from 'zod';

const bound = (standard: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(standard);

/** The settings of `GET /v1/stream`, as environment variables. */
export const liveEnvironment = {
  HALLPASS_LIVE_STREAMS: bound(2_000, 1, 100_000),
  HALLPASS_LIVE_STREAMS_PER_PERSON: bound(10, 1, 1_000),
  HALLPASS_LIVE_HEARTBEAT_MS: bound(15_000, 50, 60_000),
  HALLPASS_LIVE_POLL_MS: bound(2_000, 50, 60_000),
};

export interface LiveLimits {
  /** Open streams of one process, all people together. */
  readonly max_streams: number;
  readonly max_streams_per_person: number;
  /** A comment this often, so that proxies and browsers see that the stream lives. */
  readonly heartbeat_ms: number;
  /** How long a lost wake-up costs, and how long a stream may outlive its session. */
  readonly poll_ms: number;
}

export function liveLimitsOf(env: Readonly<{ [Name in keyof typeof liveEnvironment]: number }>): LiveLimits {
  return {
    max_streams: env.HALLPASS_LIVE_STREAMS,
    max_streams_per_person: env.HALLPASS_LIVE_STREAMS_PER_PERSON,
    heartbeat_ms: env.HALLPASS_LIVE_HEARTBEAT_MS,
    poll_ms: env.HALLPASS_LIVE_POLL_MS,
  };
}
