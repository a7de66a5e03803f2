import { Button, CloseButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { entitlementQuery } from './asked-entitlement.ts';
import { mayAdd, MOST_THINGS } from './asked-things.ts';
import classes from './chosen-things.module.css';
import { ThingPicker } from './thing-picker.tsx';
import { useNamedEntitlement } from './use-named-entitlement.ts';

interface ChosenThingsProps {
  readonly things: readonly AskedEntitlement[];
  readonly onChange: (things: readonly AskedEntitlement[]) => void;
}

/** What is asked for, each to be removed, and the way to ask for more at once. */
export function ChosenThings({ things, onChange }: ChosenThingsProps) {
  const [adding, setAdding] = useState(false);
  // What had the focus is gone then; the button is the nearest place to go on from.
  const [changed, setChanged] = useState(false);
  const change = (next: readonly AskedEntitlement[]) => {
    setAdding(false);
    setChanged(true);
    onChange(next);
  };
  return (
    <div className={classes.things}>
      <ul className={classes.list} aria-label="What you ask for">
        {things.map((thing) => (
          <ChosenThing
            key={entitlementQuery(thing)}
            thing={thing}
            onRemove={() => change(things.filter((other) => other !== thing))}
          />
        ))}
      </ul>
      {adding && mayAdd(things) ? (
        <div>
          <ThingPicker
            chosen={things}
            onClose={() => change(things)}
            onChoose={(thing) => change([...things, thing])}
          />
          <Button mt="sm" variant="default" size="sm" onClick={() => change(things)}>
            Close the search
          </Button>
        </div>
      ) : (
        <AddButton things={things} focused={changed} onAdd={() => setAdding(true)} />
      )}
    </div>
  );
}

interface AddButtonProps {
  readonly things: readonly AskedEntitlement[];
  readonly focused: boolean;
  readonly onAdd: () => void;
}

function AddButton({ things, focused, onAdd }: AddButtonProps) {
  if (mayAdd(things)) {
    return (
      <div>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={16} stroke={1.8} aria-hidden="true" />}
          onClick={onAdd}
          {...(focused && { ref: focusOnMount })}
        >
          Add another resource
        </Button>
      </div>
    );
  }
  const why =
    things.length >= MOST_THINGS
      ? `${MOST_THINGS} at once are the most.`
      : 'A Scope or a Role is asked for on its own.';
  return <p className={classes.hint}>{why}</p>;
}

function ChosenThing({ thing, onRemove }: { readonly thing: AskedEntitlement; readonly onRemove: () => void }) {
  const { named, description, error } = useNamedEntitlement(thing);
  const shown = named ?? nameless(thing);
  return (
    <li className={classes.thing}>
      <div className={classes.words}>
        <EntitlementLabel entitlement={shown} />
        {description !== '' && <span className={classes.description}>{description}</span>}
        {named === null && <ProblemAlert error={error} />}
      </div>
      <CloseButton size={36} aria-label={`Remove ${entitlementTitle(shown)}`} onClick={onRemove} />
    </li>
  );
}

/** Until its name is known it goes by its id. */
function nameless(thing: AskedEntitlement): NamedEntitlement {
  if ('resource' in thing) {
    return { kind: 'resource', resource: { ...thing.resource, name: thing.resource.id }, scope: null, role: null };
  }
  if ('scope_id' in thing) {
    return { kind: 'scope', resource: null, scope: { id: thing.scope_id, name: thing.scope_id }, role: null };
  }
  return { kind: 'role', resource: null, scope: null, role: thing.role };
}

function focusOnMount(element: HTMLButtonElement | null) {
  element?.focus();
}
