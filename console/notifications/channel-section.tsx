import { Paper } from '@mantine/core';
import { IconBell, IconBrandSlack, IconMail } from '@tabler/icons-react';
import type { Channel } from '../api/notification-preferences.ts';
import { Section } from '../elements/section.tsx';
import { useMe } from '../shell/me-context.ts';
import { ChannelRow } from './channel-row.tsx';
import classes from './channel-section.module.css';
import { SlackConnection } from './slack-connection.tsx';

const LOOK = { size: 22, stroke: 1.6, 'aria-hidden': true } as const;

/** Where one can be reached. */
export function ChannelSection({ channels }: { readonly channels: readonly Channel[] }) {
  const me = useMe();
  const email = channels.find(({ channel }) => channel === 'email');
  return (
    <Section title="Where">
      <Paper className={classes.channels}>
        <ChannelRow icon={<IconBell {...LOOK} />} name="In the console" connected>
          The bell, on every page. It can’t be turned off.
        </ChannelRow>
        <ChannelRow icon={<IconMail {...LOOK} />} name="Email" connected={email?.connected ?? false}>
          {email?.connected === true ? (
            <>To {email.address ?? me.email}. It is the address you sign in with.</>
          ) : (
            'This Hallpass sends no email; whoever runs it can set it up. What you choose below holds from then on.'
          )}
        </ChannelRow>
        <SlackConnection icon={<IconBrandSlack {...LOOK} />} />
      </Paper>
    </Section>
  );
}
