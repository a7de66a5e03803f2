import type { ReactNode } from 'react';
import classes from './term-list.module.css';

export interface Term {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names and values, beside each other or, on a phone, below each other. */
export function TermList({ terms }: { readonly terms: readonly Term[] }) {
  return (
    <dl className={classes.list}>
      {terms.map(({ name, value }) => (
        <div key={name} className={classes.term}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
