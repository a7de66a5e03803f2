import type { Role } from '../../core/access/role.ts';
import type { Subject } from '../../core/access/subject.ts';

/** Who is calling, read from the database for this very request. */
export interface CurrentPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Base role raised by active role grants: what counts. */
  readonly role: Role;
  readonly base_role: Role;
  readonly groups: readonly string[];
  readonly attributes: Subject['attributes'];
  readonly disabled: boolean;
}
