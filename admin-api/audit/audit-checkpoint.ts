import type { JWK } from 'jose';
import type { Knex } from '../db/knex.ts';
import { GENESIS_HASH } from './audit-entry.ts';
import type { ChainLink } from './audit-head.ts';
import { seal, unseal, type AuditKeys } from './audit-keys.ts';

/** Says that the entries from `first_sequence` to `sequence` are in an archive, and no longer in the database. */
export interface AuditCheckpoint {
  readonly first_sequence: number;
  readonly sequence: number;
  /** Of the entry before the first. */
  readonly previous_hash: string;
  /** Of the last. */
  readonly hash: string;
  readonly entries: number;
  readonly archive_name: string;
  /** Hex, over the whole file. */
  readonly archive_sha256: string;
  /** RFC 3339. */
  readonly time: string;
}

export interface SealedCheckpoint extends AuditCheckpoint {
  /** Compact JWS over all the others. */
  readonly signature: string;
}

/** Where the chain begins that was never cut. */
export const GENESIS: ChainLink = { sequence: 0, hash: GENESIS_HASH };

/** Oldest first. */
export async function listCheckpoints(knex: Knex): Promise<SealedCheckpoint[]> {
  const rows: (Omit<SealedCheckpoint, 'time'> & { time: Date })[] = await knex('audit_checkpoints').orderBy('sequence');
  return rows.map((row) => ({ ...row, time: row.time.toISOString() }));
}

export async function sealCheckpoint(keys: AuditKeys, checkpoint: AuditCheckpoint): Promise<SealedCheckpoint> {
  return { ...checkpoint, signature: await seal(keys, 'hallpass-audit-checkpoint+jws', checkpoint) };
}

/**
 * What is wrong with the first checkpoint that does not hold: each must go on where the one before it ended, and be signed.
 * @param published null: signatures are not looked at
 */
export async function problemOfCheckpoints(
  checkpoints: readonly SealedCheckpoint[],
  published: readonly JWK[] | null,
): Promise<{ readonly sequence: number; readonly problem: string } | null> {
  let before = GENESIS;
  for (const { signature, ...checkpoint } of checkpoints) {
    const { sequence } = checkpoint;
    if (checkpoint.first_sequence !== before.sequence + 1 || checkpoint.previous_hash !== before.hash) {
      return { sequence, problem: 'its checkpoint does not go on from the one before it' };
    }
    if (published !== null && !(await isSealed(checkpoint, signature, published))) {
      return { sequence, problem: 'its checkpoint was signed by none of the known keys' };
    }
    before = checkpoint;
  }
  return null;
}

async function isSealed(checkpoint: AuditCheckpoint, signature: string, published: readonly JWK[]): Promise<boolean> {
  const sealed = (await unseal(published, 'hallpass-audit-checkpoint+jws', signature)) as AuditCheckpoint | null;
  if (sealed === null) return false;
  return (Object.keys(checkpoint) as (keyof AuditCheckpoint)[]).every((name) => sealed[name] === checkpoint[name]);
}
