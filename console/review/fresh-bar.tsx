import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import classes from './fresh-bar.module.css';

interface FreshBarProps {
  /** How many rows have come that are not shown yet. */
  readonly count: number;
  readonly onShow: () => void;
}

/** Announces new rows instead of pushing down what somebody is about to press. */
export function FreshBar({ count, onShow }: FreshBarProps) {
  return (
    <div aria-live="polite" className={classes.bar} data-empty={count === 0 || undefined}>
      {count > 0 && (
        <Button
          radius="xl"
          leftSection={<IconArrowUp size={18} stroke={1.8} aria-hidden="true" />}
          onClick={() => {
            onShow();
            window.scrollTo(0, 0);
          }}
        >
          {count} new
        </Button>
      )}
    </div>
  );
}
