import { NativeSelect, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import type { EntitlementKind, NamedEntitlement } from '../api/entitlement.ts';
import { scopesQuery } from '../api/scope.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { rolesToGive } from '../people/role-rules.ts';
import { ResourcePicker } from '../resources/resource-picker.tsx';
import { useMe } from '../shell/me-context.ts';

const KINDS = [
  { value: 'resource', label: 'Resource' },
  { value: 'scope', label: 'Scope' },
  { value: 'role', label: 'Role' },
];

const NOTHING = { resource: null, scope: null, role: null } as const;

interface SomethingElseProps {
  /** null: nothing is chosen yet. */
  readonly onChange: (value: NamedEntitlement | null) => void;
}

/** Any resource, Scope or Role that one may give; whether the policy allows it is said by the server. */
export function SomethingElse({ onChange }: SomethingElseProps) {
  const me = useMe();
  const [kind, setKind] = useState<EntitlementKind>('resource');
  const [resource, setResource] = useState('');
  const [picked, setPicked] = useState('');
  const scopes = useQuery({ ...scopesQuery(), enabled: kind === 'scope' });
  const reset = (next: EntitlementKind) => {
    setKind(next);
    setResource('');
    setPicked('');
    onChange(null);
  };
  return (
    <Stack gap="sm" pl="lg">
      <NativeSelect
        label="Kind"
        data={KINDS}
        value={kind}
        onChange={(event) => reset(event.currentTarget.value as EntitlementKind)}
      />
      {kind === 'resource' && (
        <ResourcePicker
          label="Resource"
          placeholder="Name or id"
          value={resource}
          onChange={(key, name) => {
            setResource(key);
            const colon = key.indexOf(':');
            const ref = { type: key.slice(0, colon) as ResourceType, id: key.slice(colon + 1), name };
            onChange(key === '' ? null : { ...NOTHING, kind: 'resource', resource: ref });
          }}
        />
      )}
      {kind === 'scope' && (
        <NativeSelect
          label="Scope"
          data={[
            { value: '', label: 'Choose…' },
            ...(scopes.data?.items ?? []).map(({ id, name }) => ({ value: id, label: `${name} (${id})` })),
          ]}
          value={picked}
          onChange={(event) => {
            const scope = scopes.data?.items.find(({ id }) => id === event.currentTarget.value);
            setPicked(scope?.id ?? '');
            onChange(scope === undefined ? null : { ...NOTHING, kind: 'scope', scope });
          }}
        />
      )}
      {kind === 'role' && (
        <NativeSelect
          label="Role"
          data={[
            { value: '', label: 'Choose…' },
            ...rolesToGive(me.role).map((role) => ({ value: role, label: roleWord(role) })),
          ]}
          value={picked}
          onChange={(event) => {
            const role = event.currentTarget.value as Role | '';
            setPicked(role);
            onChange(role === '' ? null : { ...NOTHING, kind: 'role', role });
          }}
        />
      )}
    </Stack>
  );
}
