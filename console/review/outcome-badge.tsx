import { Badge } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCloudOff, IconX, type Icon } from '@tabler/icons-react';
import type { RowOutcome } from './decide-in-steps.ts';

const LOOKS: Record<RowOutcome['outcome'], { readonly words: string; readonly color: string; readonly icon: Icon }> = {
  approved: { words: 'Approved', color: 'pine', icon: IconCheck },
  denied: { words: 'Denied', color: 'brick', icon: IconX },
  recorded: { words: 'Your approval counts', color: 'pine', icon: IconCheck },
  refused: { words: 'Refused', color: 'amber', icon: IconAlertTriangle },
  unsent: { words: 'Not sent', color: 'amber', icon: IconCloudOff },
};

export function OutcomeBadge({ outcome }: { readonly outcome: RowOutcome['outcome'] }) {
  const { words, color, icon: Shape } = LOOKS[outcome];
  return (
    <Badge color={color} leftSection={<Shape size={14} stroke={2} aria-hidden="true" />}>
      {words}
    </Badge>
  );
}
