import type { Person } from '../api/person.ts';
import classes from './person-name.module.css';

/** Name with the address below; a demo person and a real one look the same. */
export function PersonName({ person }: { readonly person: Person }) {
  return (
    <span className={classes.person}>
      <span className={classes.name}>{person.name || person.email}</span>
      {person.name !== '' && <EmailAddress email={person.email} />}
    </span>
  );
}

/** May break after the @, where an address is still read as one. */
function EmailAddress({ email }: { readonly email: string }) {
  const [local, ...rest] = email.split('@');
  return (
    <span className={classes.email}>
      {local}
      {rest.length > 0 && (
        <>
          @<wbr />
          {rest.join('@')}
        </>
      )}
    </span>
  );
}
