import { Button } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import type { Me } from '../api/me.ts';
import { PersonName } from '../elements/person-name.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { roleWord } from '../elements/entitlement-words.ts';
import { useSignOut } from '../sign-in/use-sign-out.ts';
import classes from './account-panel.module.css';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';

/** Who is signed in, with the role that counts now; light or dark; sign out. */
export function AccountPanel({ me }: { readonly me: Me }) {
  const leave = useSignOut();
  return (
    <div className={classes.panel}>
      <PersonName person={me} />
      <p className={classes.role}>
        {roleWord(me.role)}
        {me.role !== me.base_role && ` for now (otherwise ${roleWord(me.base_role)})`}
      </p>
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconLogout size={18} stroke={1.7} aria-hidden="true" />}
          loading={leave.isPending}
          onClick={() => leave.mutate()}
        >
          Sign out
        </Button>
        <ColorSchemeToggle />
      </div>
      <ProblemAlert error={leave.error} />
    </div>
  );
}
