import { Code, Paper } from '@mantine/core';
import type { Me } from '../api/me.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { Section } from '../elements/section.tsx';
import { TermList } from '../elements/term-list.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { zoneWords } from '../time/local-moment.ts';
import { serverClock } from '../time/server-clock.ts';

export function WhoSection({ me }: { readonly me: Me }) {
  const raised = me.role !== me.base_role;
  return (
    <Section
      title="Who you are"
      aside={<TextLink to="/settings/notification-preferences">Notification preferences</TextLink>}
    >
      <Paper py="sm">
        <TermList
          terms={[
            { name: 'Name', value: me.name },
            { name: 'Address', value: me.email },
            { name: 'Role', value: roleWord(me.base_role) },
            ...(raised
              ? [{ name: 'Role that counts now', value: `${roleWord(me.role)}, for as long as its grant lasts` }]
              : []),
            { name: 'Groups', value: me.groups.length === 0 ? 'None' : me.groups.join(', ') },
            { name: 'Times are shown in', value: zoneWords(serverClock.nowMs()) },
            { name: 'Person id', value: <Code>{me.id}</Code> },
          ]}
        />
      </Paper>
    </Section>
  );
}
