import { Alert, Paper, Stack, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Grant } from '../api/grant.ts';
import { entitlementQuery } from './asked-entitlement.ts';
import { EmergencyConfirmation } from './emergency-confirmation.tsx';
import type { DenialLink } from './denial-link.ts';
import { EmergencyPanel } from './emergency-panel.tsx';
import { Forecast } from './forecast.tsx';
import classes from './request-form.module.css';
import { RequestFields } from './request-fields.tsx';
import { SendRow } from './send-row.tsx';
import { isInVain } from './sendable.ts';
import type { Things } from './asked-things.ts';
import { useRequestForm } from './use-request-form.ts';

interface RequestFormProps {
  readonly things: Things;
  readonly link: DenialLink;
  readonly emergency: boolean;
  readonly extended: Grant | null;
  /** Above the fields: what is asked for. */
  readonly children: ReactNode;
  /** The address of emergency access, offered where all of the things allow it; null: never offered. */
  readonly emergencyPath: string | null;
}

/** Reason, time, and beside them what will become of it, said before it is sent. */
export function RequestForm({ things, link, emergency, extended, children, emergencyPath }: RequestFormProps) {
  const request = useRequestForm({ things, link, emergency, extended });
  const [confirming, setConfirming] = useState(false);
  const { form, previews, submit } = request;
  const situation = {
    hasReason: form.values.reason.trim() !== '',
    emergency,
    extension: extended !== null,
  };
  const known = previews.each.every(({ preview }) => preview !== undefined);
  const allowed = useLatch(
    things.map(entitlementQuery).join('&'),
    previews.each.every(({ preview }) => preview?.break_glass.allowed === true),
  );
  // What one has already is extended, not taken again.
  const held = previews.each.some(({ preview }) => (preview?.has_already ?? null) !== null);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!emergency) request.send();
        else if (request.check()) setConfirming(true);
      }}
    >
      <div className={classes.columns} data-single={emergency || undefined}>
        <Stack gap="lg" className={classes.fields}>
          {children}
          <Paper>
            <RequestFields request={request} emergency={emergency} extended={extended} />
          </Paper>
        </Stack>
        <section className={classes.forecast} aria-label="What will happen">
          {!emergency && <Title order={2}>What will happen</Title>}
          <Forecast things={things} previews={previews.each} {...situation} />
        </section>
        <div className={classes.send}>
          <SendRow
            error={confirming ? null : submit.error}
            pending={submit.isPending}
            inVain={emergency ? known && (!allowed || held) : isInVain(previews.each, situation)}
            emergency={emergency}
            extension={extended !== null}
            count={things.length}
            returnRefused={request.returnRefused}
          />
        </div>
        <div className={classes.emergency}>
          {emergency && known && !allowed && <NotOffered />}
          {!emergency && allowed && !held && emergencyPath !== null && <EmergencyPanel path={emergencyPath} />}
        </div>
      </div>
      {emergency && (
        <EmergencyConfirmation
          things={things}
          opened={confirming}
          pending={submit.isPending}
          error={submit.error}
          onConfirm={request.send}
          onClose={() => setConfirming(false)}
        />
      )}
    </form>
  );
}

/** True from the first time on; a reason that is being rewritten takes nothing away. Starts anew with another `about`. */
function useLatch(about: string, value: boolean): boolean {
  const [setFor, setSetFor] = useState<string | null>(null);
  if (value && setFor !== about) setSetFor(about);
  return setFor === about;
}

function NotOffered() {
  return (
    <Alert color="amber" title="Emergency access is not offered for this">
      The policy does not allow it. Request it as usual.
    </Alert>
  );
}
