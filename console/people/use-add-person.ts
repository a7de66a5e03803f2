import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Role } from '../../core/access/role.ts';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import { addPerson } from '../api/people.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
import { splitNames } from './split-names.ts';

export const ADD_PERSON_FIELDS = ['email', 'name', 'role', 'groups'] as const;

/** The form that adds a person, without its looks. Afterwards comes the person's page. */
export function useAddPerson() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    mode: 'controlled',
    initialValues: { email: '', name: '', role: 'member' as Role, groups: '' },
  });
  const send = useRepeatable(addPerson);
  const show = (errors: Readonly<Record<string, string | undefined>>) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const add = useMutation({
    mutationFn: send,
    onSuccess: async (person) => {
      client.setQueryData(queryKeys.person(person.id), person);
      await client.invalidateQueries({ queryKey: queryKeys.people });
      await navigate(`/settings/people/${person.id}`, { replace: true });
    },
    onError: (error) => {
      if (error instanceof ApiProblem) show(ownMessages(error));
    },
  });
  return {
    form,
    add,
    send: () => {
      const { email, name, role, groups } = form.values;
      const errors = {
        ...(email.trim() === '' && { email: 'Say by which address they sign in.' }),
        ...(name.trim() === '' && { name: 'Say what they are called.' }),
      };
      show(errors);
      if (Object.keys(errors).length > 0) return;
      add.mutate({ email: email.trim(), name: name.trim(), role, groups: splitNames(groups) });
    },
  };
}

/** In the order of the fields, so that the first one takes the focus. */
function ownMessages(problem: ApiProblem): Record<string, string | undefined> {
  const messages = messagesByField(problem, ADD_PERSON_FIELDS);
  return Object.fromEntries(ADD_PERSON_FIELDS.map((field) => [field, messages[field]]));
}
