import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { AskedEntitlement } from '../api/entitlement.ts';
import { assignGrant } from '../api/grant.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
import { choiceOf, readDuration } from '../time/duration-choice.ts';

/** The form of an assignment, without its looks. Afterwards comes the person, with what they hold now. */
export function useGiveAccess(personId: string, entitlement: AskedEntitlement) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ mode: 'controlled', initialValues: { duration: choiceOf(3_600), reason: '' } });
  const assign = useRepeatable(assignGrant);
  const give = useMutation({
    mutationFn: assign,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['grants'] });
      await navigate(`/settings/people/${personId}`);
    },
    onError: (error) => {
      if (!(error instanceof ApiProblem)) return;
      const messages = messagesByField(error, ['duration_seconds', 'reason']);
      show({ duration: messages.duration_seconds, reason: messages.reason });
    },
  });
  const show = (errors: { readonly duration?: string | undefined; readonly reason?: string | undefined }) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const send = () => {
    const duration = readDuration(form.values.duration);
    show(duration.ok ? {} : { duration: duration.message });
    if (!duration.ok) return;
    const reason = form.values.reason.trim();
    give.mutate({
      subject_id: personId,
      ...entitlement,
      duration_seconds: duration.seconds,
      ...(reason !== '' && { reason }),
    });
  };
  return { form, give, send };
}
