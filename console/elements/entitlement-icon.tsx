import {
  IconUserShield,
  IconCircleDashedCheck,
  IconCrosshair,
  IconPlugConnected,
  IconSparkles,
} from '@tabler/icons-react';
import type { NamedEntitlement } from '../api/entitlement.ts';

const LOOK = { size: 20, stroke: 1.6, 'aria-hidden': true } as const;

export function EntitlementIcon({ entitlement }: { readonly entitlement: NamedEntitlement }) {
  if (entitlement.kind === 'scope') return <IconCircleDashedCheck {...LOOK} />;
  if (entitlement.kind === 'role') return <IconUserShield {...LOOK} />;
  if (entitlement.resource?.type === 'target') return <IconCrosshair {...LOOK} />;
  return entitlement.resource?.type === 'feature' ? <IconSparkles {...LOOK} /> : <IconPlugConnected {...LOOK} />;
}
