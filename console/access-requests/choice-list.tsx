import { IconChevronRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { newRequestPath } from './asked-entitlement.ts';
import classes from './choice-list.module.css';

export interface Choice {
  readonly asked: AskedEntitlement;
  readonly named: NamedEntitlement;
  readonly description: string;
}

/** Each choice leads to the form, filled in. */
export function ChoiceList({ choices }: { readonly choices: readonly Choice[] }) {
  return (
    <ul className={classes.list}>
      {choices.map(({ asked, named, description }) => (
        <li key={newRequestPath(asked)}>
          <Link to={newRequestPath(asked)} className={classes.choice}>
            <span className={classes.words}>
              <EntitlementLabel entitlement={named} />
              {description !== '' && <span className={classes.description}>{description}</span>}
            </span>
            <IconChevronRight size={20} stroke={1.6} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
