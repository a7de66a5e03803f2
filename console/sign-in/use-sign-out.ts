import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { forgetDrafts } from '../access-requests/request-draft.ts';
import { signOut } from '../api/sign-in.ts';

/** Signs this browser out, at the identity provider as well where it has a way to; nothing of the person stays behind. */
export function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: signOut,
    onSuccess: async (answer) => {
      forgetDrafts(sessionStorage);
      if (answer !== null) {
        window.location.assign(answer.redirect_to);
        return;
      }
      await navigate('/sign-in', { state: { signedOut: true } });
      client.clear();
    },
  });
}
