import type { NamedEntitlement } from '../api/entitlement.ts';
import { EntitlementIcon } from './entitlement-icon.tsx';
import classes from './entitlement-label.module.css';
import { entitlementKeyText, entitlementKindWord, entitlementName } from './entitlement-words.ts';

/** A thing one may have access to: icon, name, and below it what it is and how programs call it. */
export function EntitlementLabel({ entitlement }: { readonly entitlement: NamedEntitlement }) {
  return (
    <span className={classes.label}>
      <span className={classes.icon}>
        <EntitlementIcon entitlement={entitlement} />
      </span>
      <span className={classes.words}>
        <span className={classes.name}>{entitlementName(entitlement)}</span>
        <span className={classes.key}>
          {entitlementKindWord(entitlement)} <code>{entitlementKeyText(entitlement)}</code>
        </span>
      </span>
    </span>
  );
}
