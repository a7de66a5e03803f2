import { EmptyState, Paper } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface BlankStateProps {
  readonly icon: Icon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Says that there is nothing here, why, and what one could do. */
export function BlankState({ icon: Shape, title, children, action }: BlankStateProps) {
  return (
    <Paper py="xl">
      <EmptyState
        variant="light"
        icon={<Shape size={26} stroke={1.6} aria-hidden="true" />}
        title={title}
        description={children}
      >
        {action !== undefined && <EmptyState.Actions>{action}</EmptyState.Actions>}
      </EmptyState>
    </Paper>
  );
}
