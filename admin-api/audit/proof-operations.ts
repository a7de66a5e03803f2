import { z } from 'zod';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { HttpProblem } from '../http/problem.ts';
import { signedHead } from './audit-head.ts';
import type { AuditKeys } from './audit-keys.ts';
import { verifyAuditPart, type PartVerdict } from './verify-audit-part.ts';

export interface ProofPorts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  readonly keys: AuditKeys;
  /** Of this installation, in what it signs. */
  readonly publicUrl: string;
}

const partSchema = z.object({
  sound: z.boolean(),
  after: z.int().describe('the entry this part went on from; 0 is the beginning'),
  to: z.int().describe('the last entry that holds'),
  entries: z.int(),
  broken: z
    .object({ sequence: z.int(), id: z.string().nullable(), problem: z.string() })
    .nullable()
    .describe('the first entry that does not hold'),
  done: z.boolean().describe('whether the end of the log was reached; if not, go on with after = to'),
  head: z.object({ sequence: z.int(), hash: z.string() }),
  checkpoint: z
    .object({ sequence: z.int(), time: z.iso.datetime(), archive_name: z.string(), archive_sha256: z.string() })
    .nullable()
    .describe('up to where entries are in an archive'),
});

const headSchema = z.object({
  sequence: z.int(),
  hash: z.string(),
  time: z.iso.datetime(),
  key_id: z.string().nullable(),
  signature: z.string().nullable().describe('compact JWS; null where no signing key is set'),
});

/** Proving the audit log: part by part, and its signed end. */
export function proofOperations(ports: ProofPorts): Operation[] {
  return [
    operation({
      method: 'post',
      path: '/v1/audit-events/verify',
      tag: 'audit',
      summary: 'Verify the next part of the audit log; call again with what it answers until done',
      minimumRole: 'admin',
      body: z.strictObject({ after: z.int().min(0).optional().describe('`to` of the part before; left out: begin') }),
      responses: { 200: { description: 'What holds', schema: partSchema } },
      async run({ body, caller }) {
        const verdict = await verifyAuditPart(ports.knex, body.after ?? null, ports.keys.published);
        if (verdict === 'beyond') {
          throw new HttpProblem('invalid-request', 'is beyond the end of the log', { field: 'after' });
        }
        await record(ports.run, caller, verdict, body.after === undefined);
        return { status: 200, body: verdict };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/audit-head',
      tag: 'audit',
      summary: 'Read where the log ends, signed; kept elsewhere, it shows what was cut off or rewritten since',
      minimumRole: 'admin',
      responses: { 200: { description: 'The head', schema: headSchema } },
      async run() {
        return { status: 200, body: await signedHead(ports.knex, ports.keys, ports.publicUrl, ports.clock()) };
      },
    }),
  ];
}

/** A walk of many parts leaves two entries: that it began, and how it ended. */
async function record(
  run: RunUnitOfWork,
  caller: CurrentPerson,
  verdict: PartVerdict,
  isFirst: boolean,
): Promise<void> {
  const who = personOf(caller);
  const { sound, after, to, broken, done } = verdict;
  if (sound && !done && !isFirst) return;
  await run(async (unit) => {
    const summary = !sound
      ? `${who.name} verified the audit log: it is broken at entry ${broken?.sequence}.`
      : done
        ? `${who.name} verified the audit log: entries ${after + 1} to ${to} hold${isFirst ? '' : ', the last part of it'}.`
        : `${who.name} began to verify the audit log.`;
    unit.audit({
      type: 'audit.verified',
      actor: who,
      subject: null,
      summary,
      details: { sound, after, to, broken, done },
    });
  });
}
