import type { Command } from 'commander';
import {
  lengthText,
  localTime,
  meSchema,
  outcomeText,
  requestPageSchema,
  requestSchema,
  thingText,
} from '../access-request.ts';
import { print, printJson, type CliIo } from '../cli-io.ts';
import { connect } from '../command-context.ts';
import { textTable } from '../text-table.ts';

export function addStatusCommands(program: Command, io: CliIo): void {
  program
    .command('status')
    .description('what I have and what I asked for, or one request')
    .argument('[id]', 'a request')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, { json }: { json?: boolean }) => {
      const api = await connect(io);
      if (id !== undefined) {
        const request = await api.get(`/v1/access-requests/${encodeURIComponent(id)}`);
        return json ? printJson(io, request) : print(io, outcomeText(requestSchema.parse(request)));
      }
      const me = meSchema.parse(await api.get('/v1/me'));
      const { items } = requestPageSchema.parse(await api.get('/v1/access-requests', { requester: 'me', limit: 10 }));
      if (json) return printJson(io, { grants: me.grants, access_requests: items });
      print(io, me.grants.length === 0 ? 'No access beyond your role.' : grantTable(me.grants));
      if (items.length === 0) return;
      const rows = items.map((one) => [
        one.id,
        one.status,
        thingText(one),
        lengthText(one),
        localTime(one.submitted_at),
      ]);
      print(io, `\n${textTable(['REQUEST', 'STATUS', 'FOR', 'LENGTH', 'ASKED'], rows)}`);
    });

  program
    .command('whoami')
    .description('who the token says I am')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const answer = await (await connect(io)).get('/v1/me');
      if (json) return printJson(io, answer);
      const me = meSchema.parse(answer);
      const raised = me.role === me.base_role ? '' : ` (by a grant; ${me.base_role} without)`;
      print(io, `${me.name} <${me.email}>, ${me.role}${raised}`);
    });
}

function grantTable(grants: ReturnType<typeof meSchema.parse>['grants']): string {
  const rows = grants.map((grant) => [
    grant.id,
    grant.state,
    thingText(grant),
    grant.expires_at === null ? 'permanent' : localTime(grant.expires_at),
  ]);
  return textTable(['GRANT', 'STATE', 'ACCESS', 'ENDS'], rows);
}
