import type { Role } from '../../core/access/role.ts';
import type { PersonRow } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { MappedClaims } from './map-claims.ts';

/** A person as far as sign-in cares; `sub` is null until they were linked to the identity provider. */
export type SignInPerson = Pick<PersonRow, 'id' | 'email' | 'name' | 'sub' | 'disabled_at'>;

/** What sign-in needs of people; implemented by the people feature and handed in by the root. */
export interface SignInPeople {
  findBySub(sub: string): Promise<SignInPerson | null>;
  /** Case does not matter. */
  findByEmail(email: string): Promise<SignInPerson | null>;
  /** Ties a person to a `sub`, once. @throws AccessError `conflict` when they are tied already */
  linkSub(personId: string, sub: string): Promise<void>;
  /** Adds somebody the provider vouched for. @throws AccessError `already-exists` */
  add(person: { sub: string; email: string; name: string; role: Role }): Promise<SignInPerson>;
  /** Makes a person's groups and role what the provider says, in the transaction of the sign-in. */
  applyClaims(unit: UnitOfWork, personId: string, claims: MappedClaims): Promise<void>;
}
