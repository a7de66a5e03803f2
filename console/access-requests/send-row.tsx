import { Alert, Button, Stack } from '@mantine/core';
import { isProblem } from '../api/api-problem.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { extensionPath } from './extension-path.ts';

const OWN_FIELDS = ['reason', 'duration_seconds', 'until', 'starts_at', 'return_to'];

interface SendRowProps {
  readonly error: unknown;
  readonly pending: boolean;
  readonly inVain: boolean;
  readonly emergency: boolean;
  readonly extension: boolean;
  /** How many things are asked for. */
  readonly count: number;
  readonly returnRefused: boolean;
}

/** The button, and above it what the server said to it. */
export function SendRow(props: SendRowProps) {
  const { error, pending, inVain, emergency, returnRefused } = props;
  return (
    <Stack gap="md">
      <ProblemAlert error={error} ownFields={OWN_FIELDS} />
      <HeldGrantLink error={error} />
      {returnRefused && (
        <Alert color="amber" role="alert" title="You will not be taken back by itself">
          The address you came from is not behind a sidecar of this Hallpass. Send the request without it.
        </Alert>
      )}
      <div>
        <Button type="submit" size="md" loading={pending} disabled={inVain} {...(emergency && { color: 'brick' })}>
          {sendWords(props)}
        </Button>
      </div>
    </Stack>
  );
}

function sendWords({ emergency, extension, count }: SendRowProps): string {
  if (emergency) return 'Take access now…';
  if (extension) return 'Ask for more time';
  return count === 1 ? 'Send request' : `Send ${count} requests`;
}

/** What was refused because one has it may be had for longer. */
function HeldGrantLink({ error }: { readonly error: unknown }) {
  if (!isProblem(error, 'already-have') || typeof error.facts['grant_id'] !== 'string') return null;
  if (error.facts['expires_at'] === null) return null;
  return (
    <div>
      <TextLink to={extensionPath(error.facts['grant_id'])}>Ask for more time instead</TextLink>
    </div>
  );
}
