import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import type { FeedCredential } from './feed-credential.ts';
import type { SidecarRegistration, SidecarRow } from './sidecar-registry.ts';

/**
 * A sidecar says who it is, at each connect. Recorded in the audit when it is new, or vouches for denials with another key,
 * serves other resources or is reached elsewhere than before.
 * @returns `taken` when the instance id belongs to the holder of another credential
 */
export async function registerSidecar(
  run: RunUnitOfWork,
  id: string,
  credential: FeedCredential,
  registration: SidecarRegistration,
): Promise<'registered' | 'taken'> {
  const { result } = await run(async (unit) => {
    const now = new Date(unit.nowMs);
    const before = await unit.trx('sidecars').where({ id }).forUpdate().first<SidecarRow | undefined>();
    if (before !== undefined && before.credential_id !== credential.id) return 'taken' as const;
    const row = {
      public_url: registration.public_url,
      resources: JSON.stringify(registration.resources),
      denial_key: JSON.stringify(registration.denial_key),
      policy_revision: registration.policy_revision,
      version: registration.version,
      last_seen_at: now,
      disconnected_at: null,
    };
    const written: unknown[] = await unit
      .trx('sidecars')
      .insert({ id, credential_id: credential.id, registered_at: now, ...row })
      .onConflict('id')
      .merge(row)
      .where('sidecars.credential_id', credential.id)
      .returning('id');
    if (written.length === 0) return 'taken' as const;
    if (before === undefined || !isSame(before, registration)) {
      unit.audit({
        type: 'sidecar.registered',
        actor: null,
        subject: null,
        summary: `A sidecar registered at ${registration.public_url} with the credential ${credential.name}.`,
        details: {
          sidecar: id,
          credential: credential.name,
          public_url: registration.public_url,
          resources: registration.resources,
          denial_key_id: registration.denial_key.kid ?? null,
          version: registration.version,
          policy_revision: registration.policy_revision,
        },
      });
    }
    return 'registered' as const;
  });
  return result;
}

function isSame(before: SidecarRow, now: SidecarRegistration): boolean {
  return (
    before.public_url === now.public_url &&
    before.resources.join() === now.resources.join() &&
    before.denial_key.x === now.denial_key.x &&
    before.denial_key.kid === now.denial_key.kid
  );
}
