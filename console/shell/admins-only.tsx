import type { ReactNode } from 'react';
import { Page } from '../elements/page.tsx';
import { isAdmin } from './is-admin.ts';
import { useMe } from './me-context.ts';
import { NoPermission } from './no-permission.tsx';

interface AdminsOnlyProps {
  readonly title: string;
  /** As in `Your role does not open …`. */
  readonly what: string;
  readonly children: ReactNode;
}

/** A screen of the settings. Others are told so; nothing is asked of the API, which would refuse it. */
export function AdminsOnly({ title, what, children }: AdminsOnlyProps) {
  if (isAdmin(useMe())) return children;
  return (
    <Page title={title}>
      <NoPermission what={what} />
    </Page>
  );
}
