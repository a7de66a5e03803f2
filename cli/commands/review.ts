import type { Command } from 'commander';
import { z } from 'zod';
import { lengthText, localTime, outcomeText, requestPageSchema, requestSchema, thingText } from '../access-request.ts';
import { print, printJson, type CliIo } from '../cli-io.ts';
import { connect } from '../command-context.ts';
import { parseDuration, parseMoment } from '../parse-duration.ts';
import { parseThing } from '../parse-thing.ts';
import { textTable } from '../text-table.ts';

const answerSchema = z.object({ request: requestSchema });

export function addReviewCommands(program: Command, io: CliIo): void {
  program
    .command('review')
    .description('what waits for my decision')
    .option('--all', 'every pending request, also those that wait for others')
    .option('--json', 'print JSON')
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      const query = { status: 'pending', limit: 50, ...(all ? {} : { awaiting: 'me' }) };
      const { items } = requestPageSchema.parse(await (await connect(io)).get('/v1/access-requests', query));
      if (json) return printJson(io, items);
      if (items.length === 0) return print(io, 'Nothing waits for a decision.');
      const rows = items.map((one) => [
        one.id,
        one.requester.name,
        thingText(one),
        lengthText(one),
        localTime(one.submitted_at),
        one.reason,
      ]);
      print(io, textTable(['REQUEST', 'WHO', 'FOR', 'LENGTH', 'ASKED', 'REASON'], rows));
    });

  program
    .command('approve')
    .description('approve as asked, or with changes')
    .argument('<id>', 'a request')
    .option('--for <duration>', 'another duration: 1h, permanent')
    .option('--until <time>', 'a fixed end')
    .option('--start <time>', 'a later beginning')
    .option('--instead <thing>', 'something else than asked: scope:ID, connection:ID, role:ROLE')
    .option('--note <text>', 'for the requester and the audit')
    .option('--json', 'print JSON')
    .action(async (id: string, options: ApproveOptions) => {
      await decide(io, `/v1/access-requests/${encodeURIComponent(id)}/approve`, approvalOf(options), options.json);
    });

  program
    .command('deny')
    .description('deny, with or without a reason')
    .argument('<id>', 'a request')
    .option('--reason <text>', 'the requester reads it')
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, json }: { reason?: string; json?: boolean }) => {
      const body = reason === undefined ? {} : { reason };
      await decide(io, `/v1/access-requests/${encodeURIComponent(id)}/deny`, body, json);
    });

  program
    .command('cancel')
    .description("take one's own pending request back")
    .argument('<id>', 'a request')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      await decide(io, `/v1/access-requests/${encodeURIComponent(id)}/cancel`, {}, json);
    });
}

interface ApproveOptions {
  readonly for?: string;
  readonly until?: string;
  readonly start?: string;
  readonly instead?: string;
  readonly note?: string;
  readonly json?: boolean;
}

function approvalOf(options: ApproveOptions): Record<string, unknown> {
  return {
    ...(options.instead === undefined ? {} : parseThing(options.instead)),
    ...(options.for === undefined ? {} : { duration_seconds: parseDuration(options.for) }),
    ...(options.until === undefined ? {} : { until: parseMoment(options.until) }),
    ...(options.start === undefined ? {} : { starts_at: parseMoment(options.start) }),
    ...(options.note === undefined ? {} : { note: options.note }),
  };
}

async function decide(io: CliIo, path: string, body: unknown, asJson: boolean | undefined): Promise<void> {
  const answer = await (await connect(io)).post(path, body);
  if (asJson) return printJson(io, answer);
  const { request } = answerSchema.parse(answer);
  print(io, request.status === 'pending' ? 'Approved by you; more approvals are needed.' : outcomeText(request));
}
