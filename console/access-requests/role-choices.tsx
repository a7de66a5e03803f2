import { IconUserShield } from '@tabler/icons-react';
import { ROLE_NAMES } from '../api/entitlement.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { roleWord } from '../elements/entitlement-words.ts';
import { useMe } from '../shell/me-context.ts';
import { ChoiceList } from './choice-list.tsx';

/** The Roles above one's own. Ownership is handed over, never asked for. */
export function RoleChoices() {
  const { role } = useMe();
  const higher = ROLE_NAMES.slice(ROLE_NAMES.indexOf(role) + 1).filter((name) => name !== 'owner');
  if (higher.length === 0) {
    return (
      <BlankState icon={IconUserShield} title="No Role to ask for">
        You are {roleWord(role)} already, and nothing above it can be asked for.
      </BlankState>
    );
  }
  return (
    <ChoiceList
      choices={higher.map((name) => ({
        asked: { role: name },
        named: { kind: 'role', resource: null, scope: null, role: name },
        description: name === 'admin' ? 'Reviews requests, manages resources and people.' : '',
      }))}
    />
  );
}
