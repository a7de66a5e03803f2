import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changePerson, type PersonChange } from '../api/people.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';

/** Changes a person; what is shown afterwards is what the server answered. */
export function useChangePerson(id: string) {
  const client = useQueryClient();
  const change = useRepeatable((what: PersonChange, key) => changePerson(id, what, key));
  return useMutation({
    mutationFn: change,
    onSuccess: (person) => client.setQueryData(queryKeys.person(id), person),
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => ['people', 'grants'].includes(String(queryKey[0])) }),
  });
}
