import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import type { Committed } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { problemDocument } from '../http/problem-handler.ts';
import { text } from '../http/text.ts';
import { rememberRevision } from './present-access-request.ts';
import type { PresentPorts } from './present-access-requests.ts';
import { approveAccessRequest, denyAccessRequest, type Reviewed } from './review-access-request.ts';

export const MOST_AT_ONCE = 100;

const decideBody = z.strictObject({
  ids: z
    .array(opaqueId)
    .min(1)
    .max(MOST_AT_ONCE)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each request once'),
  verdict: z.enum(['approve', 'deny']),
  note: text(2000).optional(),
});

const resultSchema = z.object({
  id: z.string(),
  outcome: z.enum(['approved', 'denied', 'recorded', 'refused']).describe('recorded: more approvals are needed'),
  problem: z.looseObject({ code: z.string(), detail: z.string() }).optional(),
});
type DecideResult = z.output<typeof resultSchema>;

/** Many at once: each as if decided by itself, in a transaction of its own, so that one refusal holds up no other. */
export function decideOperation(ports: PresentPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/access-requests/decide',
    tag: 'access requests',
    summary: 'Approve as asked, or deny, up to 100 requests; each by its own rules',
    minimumRole: 'admin',
    body: decideBody,
    responses: {
      200: { description: 'What came of each', schema: z.object({ results: z.array(resultSchema) }) },
    },
    async run({ body: { ids, verdict, note }, caller }) {
      const results: DecideResult[] = [];
      for (const id of ids) results.push(await decideOne(ports, caller, id, verdict, note || null));
      return { status: 200, body: { results } };
    },
  });
}

/** A rule's no is a result; what nobody foresaw is not, and ends the whole: asked again, what is decided says so. */
async function decideOne(
  ports: PresentPorts,
  caller: CurrentPerson,
  id: string,
  verdict: 'approve' | 'deny',
  note: string | null,
): Promise<DecideResult> {
  let committed: Committed<Reviewed>;
  try {
    committed =
      verdict === 'approve'
        ? await approveAccessRequest(ports, caller, id, {}, note)
        : await denyAccessRequest(ports, caller, id, note);
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    return { id, outcome: 'refused', problem: problemDocument(error) };
  }
  const { result, feedRevision } = committed;
  await rememberRevision(ports, { result: result.request, feedRevision });
  const { status } = result.request;
  return { id, outcome: status === 'approved' || status === 'denied' ? status : 'recorded' };
}
