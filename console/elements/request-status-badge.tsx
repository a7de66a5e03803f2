import { Badge } from '@mantine/core';
import { IconBan, IconCheck, IconClock, IconClockOff, IconX, type Icon } from '@tabler/icons-react';
import type { RequestStatus } from '../../core/access/access-request.ts';

const LOOKS: Record<RequestStatus, { readonly words: string; readonly color: string; readonly icon: Icon }> = {
  pending: { words: 'Waiting', color: 'amber', icon: IconClock },
  approved: { words: 'Approved', color: 'pine', icon: IconCheck },
  denied: { words: 'Denied', color: 'brick', icon: IconX },
  cancelled: { words: 'Cancelled', color: 'gray', icon: IconBan },
  expired: { words: 'Timed out', color: 'gray', icon: IconClockOff },
};

export function requestStatusWord(status: RequestStatus): string {
  return LOOKS[status].words;
}

export function RequestStatusBadge({ status }: { readonly status: RequestStatus }) {
  const { words, color, icon: Shape } = LOOKS[status];
  return (
    <Badge color={color} leftSection={<Shape size={14} stroke={2} aria-hidden="true" />}>
      {words}
    </Badge>
  );
}
