import { IconChevronRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import classes from './choice-list.module.css';

export interface Choice {
  readonly asked: AskedEntitlement;
  readonly named: NamedEntitlement;
  readonly description: string;
}

/** The address that a choice leads to. */
export type PathOfChoice = (asked: AskedEntitlement) => string;

interface ChoiceListProps {
  readonly choices: readonly Choice[];
  readonly pathOf: PathOfChoice;
}

/** Each choice leads to the form, filled in. */
export function ChoiceList({ choices, pathOf }: ChoiceListProps) {
  return (
    <ul className={classes.list}>
      {choices.map(({ asked, named, description }) => (
        <li key={pathOf(asked)}>
          <Link to={pathOf(asked)} className={classes.choice}>
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
