import { useQuery, useQueryClient } from '@tanstack/react-query';
import { personQuery } from '../api/people.ts';

export function usePerson(id: string) {
  return useQuery(personQuery(useQueryClient(), id));
}
