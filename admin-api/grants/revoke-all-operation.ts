import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { operation, type Operation } from '../http/operation.ts';
import { text } from '../http/text.ts';
import { revokeAll } from './end-grants-of.ts';

export function revokeAllOperation({ knex, run }: { readonly knex: Knex; readonly run: RunUnitOfWork }): Operation {
  return operation({
    method: 'post',
    path: '/v1/people/{id}/revoke-all',
    tag: 'grants',
    summary: 'End everything a person has been given, now',
    minimumRole: 'admin',
    params: z.object({ id: opaqueId }),
    body: z.strictObject({ note: text(2000).optional() }),
    responses: { 200: { description: 'How many grants ended', schema: z.object({ ended: z.int() }) } },
    async run({ params, body, caller }) {
      const person = await knex('people').where({ id: params.id }).first('id');
      if (person === undefined) throw new AccessError('not-found', 'There is no such person.');
      return { status: 200, body: { ended: await revokeAll(run, caller, params.id, body.note || null) } };
    },
  });
}
