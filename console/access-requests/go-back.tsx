import { Button, Group, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import classes from './go-back.module.css';
import { checkedReturnTo, returnToWords } from './return-to.ts';

/** Long enough to read where one is going, and to stop it. */
const DELAY_MS = 4_000;

interface GoBackProps {
  /** As the server returned it; nothing else is ever followed. */
  readonly returnTo: string | null;
  /** Whether to go there without a click. */
  readonly automatic: boolean;
}

/** The way back to what was refused. */
export function GoBack({ returnTo, automatic }: GoBackProps) {
  const target = checkedReturnTo(returnTo);
  const [stopped, setStopped] = useState(false);
  const going = automatic && !stopped && target !== null;
  const href = target?.href ?? null;
  useEffect(() => {
    if (!going || href === null) return undefined;
    return whileVisible(DELAY_MS, () => window.location.assign(href));
  }, [going, href]);
  if (target === null) return null;
  return (
    <div className={classes.back}>
      <Text aria-live="polite">
        {going
          ? `You are being taken back to ${returnToWords(target)} in ${DELAY_MS / 1_000} seconds.`
          : `You came from ${returnToWords(target)}.`}
      </Text>
      {going && <div className={classes.bar} aria-hidden="true" />}
      <Group gap="sm">
        <Button component="a" href={target.href} rightSection={<IconArrowRight size={18} aria-hidden="true" />}>
          Go there now
        </Button>
        {going && (
          <Button variant="default" onClick={() => setStopped(true)}>
            Stay here
          </Button>
        )}
      </Group>
    </div>
  );
}

/** Runs `act` once the page has been in view for `delayMs` on end. Nobody is taken away behind their back. */
function whileVisible(delayMs: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const restart = () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') timer = setTimeout(act, delayMs);
  };
  restart();
  document.addEventListener('visibilitychange', restart);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', restart);
  };
}
