import { problemAnswer, type Answer } from '../../core/process/problem-answer.ts';
import { denialKind } from '../gate/denial-kind.ts';
import type { Admission, Denial } from '../gate/verdict.ts';

/**
 * What the upstream is to get besides the client's headers: who it is, by Hallpass; and of Cookie and Authorization,
 * which hold the identity token, what the upstream may see.
 */
export function headersForUpstream({ headers }: Admission): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers.toObject())) {
    const isOurs = name.startsWith('x-hallpass-') || name === 'cookie' || name === 'authorization';
    if (isOurs) kept[name] = typeof value === 'string' ? value : value.join(name === 'cookie' ? '; ' : ', ');
  }
  return kept;
}

export function allowAnswer(admission: Admission): Answer {
  return { status: 200, headers: { ...headersForUpstream(admission), 'cache-control': 'no-store' }, body: '' };
}

/**
 * A denial as an answer that no asking proxy takes for a yes. gRPC says no with status 200, and that is a yes to all of
 * them; a gRPC client goes by the `grpc-status` beside whatever the HTTP status is.
 */
export function neverAllowing(answer: Answer, denial: Denial): Answer {
  return answer.status >= 400 ? answer : { ...answer, status: denialKind(denial.decision.reason).status };
}

/** Envoy takes 500 and above from its HTTP service for a failure, which `failure_mode_allow` would let pass, and drops the body. */
export function neverFailing(answer: Answer): Answer {
  return answer.status < 500 ? answer : { ...answer, status: 403 };
}

/** nginx knows three answers to `auth_request`: 2xx, 401 and 403. What the client is to see, it comes back for with the note. */
export function notedAnswer(denial: Denial, note: string): Answer {
  return {
    status: denialKind(denial.decision.reason).status === 401 ? 401 : 403,
    headers: {
      'cache-control': 'no-store',
      'hallpass-denial': note,
      'x-hallpass-evaluation-id': denial.decision.evaluation_id,
      'x-hallpass-reason': denial.decision.reason,
    },
    body: '',
  };
}

/** Whoever asks is not one of those who may. */
export function strangerAnswer(): Answer {
  return problemAnswer(
    403,
    'asking-proxy-refused',
    'The asking proxy is not known',
    'A proxy that asks here has to send the token of HALLPASS_EXTERNAL_AUTH_TOKEN in hallpass-external-auth-token, exactly once.',
  );
}

export function unknownQuestionAnswer(paths: readonly string[]): Answer {
  return problemAnswer(404, 'not-found', 'Not found', `Proxies ask here at ${paths.join(', ')}.`);
}

/** The page of a denial whose note is missing, altered or too old: a plain no. */
export function noteLostAnswer(): Answer {
  return problemAnswer(403, 'access-denied', 'Access denied', 'The request was refused. Send it again to learn why.');
}

export function failedAnswer(): Answer {
  return problemAnswer(500, 'internal', 'Internal error', 'The request could not be judged, so it is refused.');
}
