import { IconArrowRight } from '@tabler/icons-react';
import type { AccessRequest } from '../api/access-request.ts';
import type { Grant } from '../api/grant.ts';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { askedTimeOf, extendedEnd } from './asked-given.ts';
import classes from './extension-ends.module.css';

interface ExtensionEndsProps {
  readonly grant: Grant;
  readonly request: AccessRequest;
}

/** The end that holds now, and the one that is asked for. */
export function ExtensionEnds({ grant, request }: ExtensionEndsProps) {
  const end = extendedEnd(grant, askedTimeOf(request));
  return (
    <p className={classes.ends}>
      <span>Ends {grant.expires_at === null ? 'never' : <TimeStamp time={grant.expires_at} />}</span>
      <IconArrowRight size={18} stroke={1.8} aria-label="then" />
      <b>{end === null ? 'never (permanent)' : <TimeStamp time={end} />}</b>
    </p>
  );
}
