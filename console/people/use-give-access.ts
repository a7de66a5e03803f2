import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { AskedEntitlement } from '../api/entitlement.ts';
import { assignGrant } from '../api/grant.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
import { choiceOf, readTime } from '../time/duration-choice.ts';
import { readLocalMoment } from '../time/local-moment.ts';
import { serverClock } from '../time/server-clock.ts';

/** The form of an assignment, without its looks. Afterwards comes the person, with what they hold now. */
export function useGiveAccess(personId: string, entitlement: AskedEntitlement) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ mode: 'controlled', initialValues: { duration: choiceOf(3_600), start: '', reason: '' } });
  const assign = useRepeatable(assignGrant);
  const give = useMutation({
    mutationFn: assign,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['grants'] });
      await navigate(`/settings/people/${personId}`);
    },
    onError: (error) => {
      if (!(error instanceof ApiProblem)) return;
      const messages = messagesByField(error, ['duration_seconds', 'until', 'starts_at', 'reason']);
      show({
        duration: messages.duration_seconds ?? messages.until,
        start: messages.starts_at,
        reason: messages.reason,
      });
    },
  });
  const show = (errors: Readonly<Record<string, string | undefined>>) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const send = () => {
    const startMs = readLocalMoment(form.values.start);
    const read = readTime(form.values.duration, startMs ?? serverClock.nowMs());
    show(read.ok ? {} : { duration: read.message });
    if (!read.ok) return;
    const reason = form.values.reason.trim();
    give.mutate({
      subject_id: personId,
      ...entitlement,
      ...read.time,
      ...(startMs !== null && { starts_at: new Date(startMs).toISOString() }),
      ...(reason !== '' && { reason }),
    });
  };
  return { form, give, send };
}
