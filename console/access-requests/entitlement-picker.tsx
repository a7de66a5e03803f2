import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { ResourceChoices } from './resource-choices.tsx';
import { RoleChoices } from './role-choices.tsx';
import { ScopeChoices } from './scope-choices.tsx';

const KINDS = [
  { value: 'resource', label: 'Resource' },
  { value: 'scope', label: 'Scope' },
  { value: 'role', label: 'Role' },
];

/** One thing, the membership of a Scope, or a Role. */
export function EntitlementPicker() {
  const [kind, setKind] = useState('resource');
  return (
    <Stack>
      <SegmentedControl aria-label="Kind of access" data={KINDS} value={kind} onChange={setKind} size="md" />
      {kind === 'resource' && <ResourceChoices />}
      {kind === 'scope' && <ScopeChoices />}
      {kind === 'role' && <RoleChoices />}
    </Stack>
  );
}
