import { ROLE_NAMES } from '../api/entitlement.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { useMe } from '../shell/me-context.ts';
import { newRequestPath } from './asked-entitlement.ts';
import { RoleChoices } from './role-choices.tsx';

/** The Roles above one's own. Ownership is handed over, never asked for. */
export function OwnRoleChoices() {
  const { role } = useMe();
  const higher = ROLE_NAMES.slice(ROLE_NAMES.indexOf(role) + 1).filter((name) => name !== 'owner');
  return (
    <RoleChoices
      roles={higher}
      noneWords={`You are ${roleWord(role)} already, and nothing above it can be asked for.`}
      pathOf={newRequestPath}
    />
  );
}
