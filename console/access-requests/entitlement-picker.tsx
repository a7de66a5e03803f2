import { SegmentedControl, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { PathOfChoice } from './choice-list.tsx';
import { ResourceChoices } from './resource-choices.tsx';
import { ScopeChoices } from './scope-choices.tsx';

const KINDS = [
  { value: 'resource', label: 'Resource' },
  { value: 'scope', label: 'Scope' },
  { value: 'role', label: 'Role' },
];

interface EntitlementPickerProps {
  readonly pathOf: PathOfChoice;
  /** Which Roles there are to choose from depends on what is done with them. */
  readonly roleChoices: ReactNode;
}

/** One thing, the membership of a Scope, or a Role. */
export function EntitlementPicker({ pathOf, roleChoices }: EntitlementPickerProps) {
  const [kind, setKind] = useState('resource');
  return (
    <Stack>
      <SegmentedControl aria-label="Kind of access" data={KINDS} value={kind} onChange={setKind} size="md" />
      {kind === 'resource' && <ResourceChoices pathOf={pathOf} />}
      {kind === 'scope' && <ScopeChoices pathOf={pathOf} />}
      {kind === 'role' && roleChoices}
    </Stack>
  );
}
