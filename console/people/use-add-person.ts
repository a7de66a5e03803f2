import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Role } from '../../core/access/role.ts';
import { messagesByField } from '../api/api-problem.ts';
import { addPerson, type NewPerson } from '../api/people.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import type { ReadForm } from '../elements/read-form.ts';
import { useSettingsForm } from '../elements/use-settings-form.ts';
import { splitNames } from './split-names.ts';

export const ADD_PERSON_FIELDS = ['email', 'name', 'role', 'groups'] as const;

interface PersonDraft extends Record<string, unknown> {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly groups: string;
}

const EMPTY: PersonDraft = { email: '', name: '', role: 'member', groups: '' };

/** The form that adds a person, without its looks. Afterwards comes the person's page. */
export function useAddPerson() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const send = useRepeatable(addPerson);
  const save = useMutation({
    mutationFn: ({ person }: { readonly person: NewPerson }) => send(person),
    onSuccess: async (person) => {
      client.setQueryData(queryKeys.person(person.id), person);
      await client.invalidateQueries({ queryKey: queryKeys.people });
      await navigate(`/settings/people/${person.id}`, { replace: true });
    },
  });
  return useSettingsForm({
    initial: EMPTY,
    read: readPersonDraft,
    save,
    errorsOf: (problem) => {
      const messages = messagesByField(problem, ADD_PERSON_FIELDS);
      return Object.fromEntries(ADD_PERSON_FIELDS.map((field) => [field, messages[field]]));
    },
  });
}

function readPersonDraft({ email, name, role, groups }: PersonDraft): ReadForm<{ readonly person: NewPerson }> {
  const errors = {
    ...(email.trim() === '' && { email: 'Say by which address they sign in.' }),
    ...(name.trim() === '' && { name: 'Say what they are called.' }),
  };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, person: { email: email.trim(), name: name.trim(), role, groups: splitNames(groups) } };
}
