import type { NamedEntitlement } from '../api/entitlement.ts';
import { EntitlementIcon } from './entitlement-icon.tsx';
import classes from './entitlement-label.module.css';
import { entitlementKeyText, entitlementName } from './entitlement-words.ts';

/** A thing one may have access to: icon, name, and below it how programs call it, which also says what it is. */
export function EntitlementLabel({ entitlement }: { readonly entitlement: NamedEntitlement }) {
  const [kind, id] = entitlementKeyText(entitlement).split(':');
  return (
    <span className={classes.label}>
      <span className={classes.icon}>
        <EntitlementIcon entitlement={entitlement} />
      </span>
      <span className={classes.words}>
        <span className={classes.name}>{entitlementName(entitlement)}</span>
        <code className={classes.key}>
          {kind}:<wbr />
          {id}
        </code>
      </span>
    </span>
  );
}
