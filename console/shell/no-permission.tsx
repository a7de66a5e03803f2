import { IconLock } from '@tabler/icons-react';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';

/** Instead of a screen that is for Admins and the Owner. */
export function NoPermission({ what }: { readonly what: string }) {
  return (
    <BlankState
      icon={IconLock}
      title="For Admins and the Owner"
      action={
        <ButtonLink variant="default" to="/access-requests/new?role=admin">
          Ask for the Admin role
        </ButtonLink>
      }
    >
      Your role does not open {what}.
    </BlankState>
  );
}
