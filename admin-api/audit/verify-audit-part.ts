import type { JWK } from 'jose';
import type { Knex } from '../db/knex.ts';
import { GENESIS, listCheckpoints, problemOfCheckpoints, type SealedCheckpoint } from './audit-checkpoint.ts';
import { readHead, type ChainLink } from './audit-head.ts';
import type { BrokenEntry } from './chain-check.ts';
import { verifyRange } from './verify-audit-chain.ts';

/** Entries of one part: about a second, so that a person sees it go on and no request runs long. */
const PART = 20_000;

export interface PartVerdict {
  readonly sound: boolean;
  readonly after: number;
  readonly to: number;
  readonly entries: number;
  readonly broken: BrokenEntry | null;
  readonly done: boolean;
  readonly head: ChainLink;
  readonly checkpoint: Pick<SealedCheckpoint, 'sequence' | 'time' | 'archive_name' | 'archive_sha256'> | null;
}

/**
 * One part of the chain: after the entry `after` (null: from the beginning, or the last checkpoint), as far as one call should.
 * @param published keys that checkpoints may be signed with; with none, their signatures are not looked at
 * @returns `beyond` when `after` is no entry of the log
 */
export async function verifyAuditPart(
  knex: Knex,
  after: number | null,
  published: readonly JWK[],
): Promise<PartVerdict | 'beyond'> {
  const head = await readHead(knex);
  if (after !== null && after > head.sequence) return 'beyond';
  const checkpoints = await listCheckpoints(knex);
  const last = checkpoints.at(-1) ?? null;
  const checkpoint = last === null ? null : brief(last);
  const begin = Math.max(after ?? 0, last?.sequence ?? 0);
  const common = { after: begin, head, checkpoint };
  const fail = (broken: BrokenEntry, to = begin): PartVerdict => ({
    ...common,
    sound: false,
    to,
    entries: to - begin,
    broken,
    done: true,
  });
  const cut = await problemOfCheckpoints(checkpoints, published.length > 0 ? published : null);
  if (cut !== null) return fail({ id: null, ...cut });
  const from = await linkAt(knex, begin, last ?? GENESIS);
  if (from === null) return fail({ sequence: begin, id: null, problem: 'the entry is missing' });
  const isLast = begin + PART >= head.sequence;
  const verdict = await verifyRange(knex, from, isLast ? head : { sequence: begin + PART, hash: null });
  if (!verdict.sound) {
    const { sequence, id, problem } = verdict;
    return fail({ sequence, id, problem }, Math.max(begin, sequence - 1));
  }
  return { ...common, sound: true, to: verdict.to.sequence, entries: verdict.entries, broken: null, done: isLast };
}

/** The recorded hash at a place that the part before has verified. */
async function linkAt(knex: Knex, sequence: number, start: ChainLink): Promise<ChainLink | null> {
  if (sequence === start.sequence) return start;
  return (await knex('audit_entries').where({ sequence }).first<ChainLink>('sequence', 'hash')) ?? null;
}

function brief({
  sequence,
  time,
  archive_name,
  archive_sha256,
}: SealedCheckpoint): NonNullable<PartVerdict['checkpoint']> {
  return { sequence, time, archive_name, archive_sha256 };
}
