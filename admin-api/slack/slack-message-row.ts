import type { Shown } from './request-message.ts';

/** A message of ours in Slack, kept so that it can be rewritten. */
export interface SlackMessageRow {
  id: string;
  delivery_id: string;
  part: number;
  /** The request whose fate the message follows; null for what is only told. */
  request_id: string | null;
  /** null: posted to a channel, for everybody in it. */
  person_id: string | null;
  channel: string | null;
  ts: string | null;
  /** What it says of the request now. */
  shown: Shown;
  /** `lost`: Slack does not know the message any more, so it is left alone. */
  state: 'sending' | 'posted' | 'lost';
  attempts: number;
  next_try_at: Date;
  problem: string | null;
  created_at: Date;
}
