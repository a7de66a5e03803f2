import {
  IconBadge,
  IconCircleDashedCheck,
  IconCrosshair,
  IconPlugConnected,
  IconSparkles,
  type Icon,
} from '@tabler/icons-react';
import type { NamedEntitlement } from '../api/entitlement.ts';

function iconOf(entitlement: NamedEntitlement): Icon {
  if (entitlement.kind === 'scope') return IconCircleDashedCheck;
  if (entitlement.kind === 'role') return IconBadge;
  if (entitlement.resource?.type === 'target') return IconCrosshair;
  return entitlement.resource?.type === 'feature' ? IconSparkles : IconPlugConnected;
}

export function EntitlementIcon({
  entitlement,
  size = 20,
}: {
  readonly entitlement: NamedEntitlement;
  readonly size?: number;
}) {
  const Shape = iconOf(entitlement);
  return <Shape size={size} stroke={1.6} aria-hidden="true" />;
}
