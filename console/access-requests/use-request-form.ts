import { useForm } from '@mantine/form';
import { useState } from 'react';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { Grant } from '../api/grant.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
import { useMe } from '../shell/me-context.ts';
import { entitlementQuery } from './asked-entitlement.ts';
import type { Things } from './asked-things.ts';
import type { DenialLink } from './denial-link.ts';
import { EMPTY_DRAFT, keepDraft, readDraft, type RequestDraft } from './request-draft.ts';
import { readRequest, type Wish } from './read-request.ts';
import { usePreviews } from './use-previews.ts';
import { useSubmitRequest } from './use-submit-request.ts';

interface RequestFormOptions {
  readonly things: Things;
  readonly link: DenialLink;
  /** Access now, without a review before it. */
  readonly emergency: boolean;
  /** More time for this grant. */
  readonly extended: Grant | null;
}

const FIELDS = ['reason', 'duration_seconds', 'until', 'starts_at', 'return_to'];

/** The request form without its looks: values, preview, and sending. */
export function useRequestForm({ things, link, emergency, extended }: RequestFormOptions) {
  const { id: personId } = useMe();
  const about = extended === null ? things.map(entitlementQuery).join('&') : `extend=${extended.id}`;
  const form = useForm<RequestDraft>({
    mode: 'controlled',
    initialValues: readDraft(personId, about, sessionStorage),
    onValuesChange: (values) => keepDraft(personId, about, values, sessionStorage),
  });
  const previews = usePreviews({ things, emergency, extended, draft: form.values });
  const submit = useSubmitRequest();
  const [returnRefused, setReturnRefused] = useState(false);
  const wish: Wish = { draft: form.values, terms: previews.terms, emergency, extended };

  const show = (errors: Readonly<Record<string, string | undefined>>) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const showProblem = (error: Error) => {
    if (!(error instanceof ApiProblem)) return;
    const messages = messagesByField(error, FIELDS);
    show({
      reason: messages.reason,
      duration: messages.duration_seconds ?? messages.until,
      startsAt: messages.starts_at,
    });
    if (messages.return_to !== undefined) setReturnRefused(true);
  };
  /** Whether it may be sent; otherwise the fields say why not. */
  const check = (): boolean => {
    const read = readRequest(wish, Date.now());
    show(read.ok ? {} : read.errors);
    return read.ok;
  };
  const send = () => {
    const read = readRequest(wish, Date.now());
    if (!read.ok) return show(read.errors);
    submit.mutate(
      {
        things,
        ...read.body,
        ...(link.action !== null && { action: link.action }),
        ...(link.evaluationId !== null && { evaluation_id: link.evaluationId }),
        ...(link.returnTo !== null && !returnRefused && { return_to: link.returnTo }),
      },
      { onSuccess: () => keepDraft(personId, about, EMPTY_DRAFT, sessionStorage), onError: showProblem },
    );
  };
  return { form, submit, send, check, previews, returnRefused };
}
