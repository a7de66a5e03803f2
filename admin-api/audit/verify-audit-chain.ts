import type { JWK } from 'jose';
import type { Knex } from '../db/knex.ts';
import { GENESIS, listCheckpoints, problemOfCheckpoints, type SealedCheckpoint } from './audit-checkpoint.ts';
import { readHead, type ChainLink } from './audit-head.ts';
import { ENTRY_COLUMNS, toAuditEntry, type AuditRow } from './audit-rows.ts';
import { ChainCheck, type BrokenEntry } from './chain-check.ts';

export type AuditVerdict =
  | {
      readonly sound: true;
      /** How many entries are in the database, each looked at. */
      readonly entries: number;
      /** Hash of the last. */
      readonly head: string;
      readonly checkpoint: SealedCheckpoint | null;
    }
  | ({ readonly sound: false } & BrokenEntry);

export type RangeVerdict =
  | { readonly sound: true; readonly to: ChainLink; readonly entries: number }
  | ({ readonly sound: false } & BrokenEntry);

const BATCH = 1_000;

export interface VerifyOptions {
  /** Keys that checkpoints may be signed with; null: their signatures are not looked at. */
  readonly published: readonly JWK[] | null;
  readonly onProgress?: (sequence: number, head: number) => void;
}

/**
 * Walks the whole chain, from its beginning or its last checkpoint to where its head says it ends, and names the first entry
 * that is missing, moved or changed. Entries that are added meanwhile are not looked at.
 */
export async function verifyAuditChain(
  knex: Knex,
  { published, onProgress }: VerifyOptions = { published: null },
): Promise<AuditVerdict> {
  const head = await readHead(knex);
  const checkpoints = await listCheckpoints(knex);
  const cut = await problemOfCheckpoints(checkpoints, published);
  if (cut !== null) return { sound: false, id: null, ...cut };
  const checkpoint = checkpoints.at(-1) ?? null;
  const verdict = await verifyRange(knex, checkpoint ?? GENESIS, head, (sequence) =>
    onProgress?.(sequence, head.sequence),
  );
  if (!verdict.sound) {
    // What was archived while we walked is no longer where it was looked for.
    const since = (await listCheckpoints(knex)).length;
    return since === checkpoints.length
      ? verdict
      : verifyAuditChain(knex, { published, ...(onProgress && { onProgress }) });
  }
  return { sound: true, entries: verdict.entries, head: verdict.to.hash, checkpoint };
}

/**
 * The entries after `from` up to `to`, in batches; constant memory.
 * @param to where the chain must arrive; without a hash, any will do
 */
export async function verifyRange(
  knex: Knex,
  from: ChainLink,
  to: { readonly sequence: number; readonly hash: string | null },
  onBatch: (sequence: number) => void = () => {},
): Promise<RangeVerdict> {
  const check = new ChainCheck(from);
  while (check.at.sequence < to.sequence) {
    const rows: AuditRow[] = await knex('audit_entries')
      .select(ENTRY_COLUMNS)
      .whereBetween('sequence', [check.at.sequence + 1, to.sequence])
      .orderBy('sequence')
      .limit(BATCH);
    for (const row of rows) {
      const broken = check.take(toAuditEntry(row));
      if (broken !== null) return { sound: false, ...broken };
    }
    if (rows.length === 0) {
      const { sequence } = check.at;
      return {
        sound: false,
        sequence: sequence + 1,
        id: null,
        problem: `the entry is missing; the log goes on to ${to.sequence}`,
      };
    }
    onBatch(check.at.sequence);
  }
  if (check.at.sequence !== to.sequence || (to.hash !== null && check.at.hash !== to.hash)) {
    return { sound: false, sequence: to.sequence, id: null, problem: 'the log does not end as its head says' };
  }
  return { sound: true, to: check.at, entries: check.entries };
}
