import { Badge } from '@mantine/core';
import type { GrantState } from '../../core/access/grant.ts';

const LOOKS: Record<GrantState, { readonly words: string; readonly color: string }> = {
  scheduled: { words: 'Scheduled', color: 'amber' },
  active: { words: 'Active', color: 'pine' },
  expired: { words: 'Ended', color: 'gray' },
  revoked: { words: 'Revoked', color: 'brick' },
  'given-up': { words: 'Given up', color: 'gray' },
};

export function GrantStateBadge({ state }: { readonly state: GrantState }) {
  return <Badge color={LOOKS[state].color}>{LOOKS[state].words}</Badge>;
}
