import { Button, Input, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { personQuery } from '../api/people.ts';
import { PersonName } from '../elements/person-name.tsx';
import { PersonPicker } from '../people/person-picker.tsx';
import classes from './owner-fields.module.css';

interface OwnerFieldsProps {
  /** Ids of people. */
  readonly owners: readonly string[];
  readonly onChange: (owners: readonly string[]) => void;
  readonly error?: string | undefined;
}

/** Who answers for a Scope. Where the request policy asks its owners, these review. */
export function OwnerFields({ owners, onChange, error }: OwnerFieldsProps) {
  return (
    <fieldset className={classes.field} data-field="owners" tabIndex={-1}>
      <legend className={classes.legend}>Owners</legend>
      <Input.Description>
        They review requests for this Scope where its terms say so, as long as they are Admins or the Owner.
      </Input.Description>
      <Stack gap={4}>
        {owners.map((id) => (
          <OwnerRow key={id} id={id} onRemove={() => onChange(owners.filter((other) => other !== id))} />
        ))}
      </Stack>
      <PersonPicker
        label="Add an owner"
        placeholder="Name or address"
        value=""
        without={owners}
        onChange={(id) => id !== '' && onChange([...owners, id])}
      />
      {error !== undefined && <Input.Error role="alert">{error}</Input.Error>}
    </fieldset>
  );
}

function OwnerRow({ id, onRemove }: { readonly id: string; readonly onRemove: () => void }) {
  const person = useQuery(personQuery(useQueryClient(), id)).data ?? { id, email: id, name: '' };
  return (
    <div className={classes.owner}>
      <PersonName person={person} />
      <Button
        variant="subtle"
        size="compact-md"
        aria-label={`Remove ${person.name || person.email}`}
        onClick={onRemove}
      >
        Remove
      </Button>
    </div>
  );
}
