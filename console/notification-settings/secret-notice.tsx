import { Alert, Button, Code, Stack } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react';
import classes from './secret-notice.module.css';

interface SecretNoticeProps {
  readonly secret: string;
  readonly onDone: () => void;
}

/** The only time a secret is shown. It is kept nowhere in the console; leaving the page forgets it. */
export function SecretNotice({ secret, onDone }: SecretNoticeProps) {
  const clipboard = useClipboard({ timeout: 4_000 });
  return (
    <Alert
      role="alert"
      color="amber"
      icon={<IconKey aria-hidden="true" />}
      title="Copy the signing secret now; it is never shown again"
    >
      <Stack gap="sm" align="flex-start">
        <Code className={classes.secret}>{secret}</Code>
        <div className={classes.buttons}>
          <Button
            variant="default"
            leftSection={clipboard.copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            onClick={() => clipboard.copy(secret)}
          >
            {clipboard.copied ? 'Copied' : 'Copy'}
          </Button>
          <Button variant="default" onClick={onDone}>
            I have kept it
          </Button>
        </div>
      </Stack>
    </Alert>
  );
}
