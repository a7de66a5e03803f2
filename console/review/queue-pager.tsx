import { Button, Group } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from '@tabler/icons-react';
import { useLocation } from 'react-router';

interface QueuePagerProps {
  /** Of the page shown; empty: the first one. */
  readonly cursor: string;
  readonly nextCursor: string | null;
  readonly turnTo: (cursor: string, before: readonly string[]) => void;
}

const LOOK = { size: 18, stroke: 1.7, 'aria-hidden': true } as const;

/** Page after page, back again, and to the first one. The way back is known to whoever came that way. */
export function QueuePager({ cursor, nextCursor, turnTo }: QueuePagerProps) {
  const { state } = useLocation() as { state: { readonly before?: readonly string[] } | null };
  const before = state?.before ?? [];
  const previous = before.at(-1);
  if (cursor === '' && nextCursor === null) return null;
  const turn = (to: string, way: readonly string[]) => {
    turnTo(to, way);
    window.scrollTo(0, 0);
  };
  return (
    <nav aria-label="Pages">
      <Group justify="center" gap="sm">
        {cursor !== '' && previous !== '' && (
          <Button variant="default" leftSection={<IconChevronsLeft {...LOOK} />} onClick={() => turn('', [])}>
            First
          </Button>
        )}
        {cursor !== '' && previous !== undefined && (
          <Button
            variant="default"
            leftSection={<IconChevronLeft {...LOOK} />}
            onClick={() => turn(previous, before.slice(0, -1))}
          >
            Previous
          </Button>
        )}
        {nextCursor !== null && (
          <Button
            variant="default"
            rightSection={<IconChevronRight {...LOOK} />}
            onClick={() => turn(nextCursor, [...before, cursor])}
          >
            Next
          </Button>
        )}
      </Group>
    </nav>
  );
}
