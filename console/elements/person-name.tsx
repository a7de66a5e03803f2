import type { Person } from '../api/person.ts';
import classes from './person-name.module.css';

/** Name with the address below; a demo person and a real one look the same. */
export function PersonName({ person }: { readonly person: Person }) {
  return (
    <span className={classes.person}>
      <span className={classes.name}>{person.name || person.email}</span>
      {person.name !== '' && <span className={classes.email}>{person.email}</span>}
    </span>
  );
}
