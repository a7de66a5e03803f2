import { IconUserShield } from '@tabler/icons-react';
import type { Role } from '../../core/access/role.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { roleDescription } from '../elements/entitlement-words.ts';
import { ChoiceList, type PathOfChoice } from './choice-list.tsx';

interface RoleChoicesProps {
  readonly roles: readonly Role[];
  /** Said where there is none. */
  readonly noneWords: string;
  readonly pathOf: PathOfChoice;
}

export function RoleChoices({ roles, noneWords, pathOf }: RoleChoicesProps) {
  if (roles.length === 0) {
    return (
      <BlankState icon={IconUserShield} title="No Role to choose">
        {noneWords}
      </BlankState>
    );
  }
  return (
    <ChoiceList
      pathOf={pathOf}
      choices={roles.map((role) => ({
        asked: { role },
        named: { kind: 'role', resource: null, scope: null, role },
        description: roleDescription(role),
      }))}
    />
  );
}
