import { extensionPath } from '../access-requests/extension-path.ts';
import type { Grant } from '../api/grant.ts';
import { Countdown } from '../elements/countdown.tsx';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { TextLink } from '../elements/text-link.tsx';
import { useRefreshAtEnd } from '../elements/use-refresh-at-end.ts';
import { sortGrants } from '../my-access/sort-grants.ts';
import { useClockWatch } from '../time/use-clock-watch.ts';
import { useNow } from '../time/use-now.ts';
import classes from './ending-strip.module.css';
import { endingGrants } from './ending-grants.ts';

/** On every page, while some of one's own access is about to end: what, in how long, and where to see all of it. */
export function EndingStrip({ grants }: { readonly grants: readonly Grant[] }) {
  useClockWatch();
  const nowMs = useNow(250);
  const ending = endingGrants(grants, nowMs);
  const [next] = ending;
  // The countdown is gone at the end, so it can't ask itself.
  useRefreshAtEnd(sortGrants(grants, nowMs).ended.length > 0);
  if (next === undefined) return null;
  return (
    <section className={classes.strip} aria-label="Access that is about to end">
      <strong className={classes.what}>{entitlementTitle(next)}</strong>
      <Countdown key={next.id} grant={next} />
      {ending.length > 1 && <span className={classes.others}>and {ending.length - 1} more</span>}
      <span className={classes.links}>
        {next.can_extend && <TextLink to={extensionPath(next.id)}>More time</TextLink>}
        <TextLink to="/my-access">See in My access</TextLink>
      </span>
    </section>
  );
}
