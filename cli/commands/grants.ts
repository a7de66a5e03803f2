import type { Command } from 'commander';
import { outcomeText, requestSchema } from '../access-request.ts';
import { print, printJson, type CliIo } from '../cli-io.ts';
import { connect } from '../command-context.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parseDuration, parseMoment } from '../parse-duration.ts';
import { askReason } from './request.ts';

export function addGrantCommands(program: Command, io: CliIo): void {
  program
    .command('revoke')
    .description("end a grant now: one's own, for Admins anybody's")
    .argument('<grant>', 'a grant; `hallpass status` lists your own')
    .option('--reason <text>', 'why; the holder reads it')
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, json }: { reason?: string; json?: boolean }) => {
      const body = reason === undefined ? {} : { reason };
      const answer = await (await connect(io)).post(`/v1/grants/${encodeURIComponent(id)}/revoke`, body);
      if (json) printJson(io, answer);
      else print(io, `Ended: ${id}.`);
    });

  program
    .command('extend')
    .description('ask for more time on a grant')
    .argument('<grant>', 'a grant; `hallpass status` lists them')
    .option('--for <duration>', 'how much longer')
    .option('--until <time>', 'a new end')
    .option('--reason <text>', 'why; asked for on a terminal')
    .option('--json', 'print JSON')
    .action(async (id: string, options: ExtendOptions) => {
      const length = lengthOf(options);
      const api = await connect(io);
      const body = { ...length, reason: options.reason ?? (await askReason(io)) };
      const answer = await api.post(`/v1/grants/${encodeURIComponent(id)}/extend`, body);
      if (options.json) printJson(io, answer);
      else print(io, outcomeText(requestSchema.parse(answer)));
    });
}

interface ExtendOptions {
  readonly for?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

function lengthOf(options: ExtendOptions): Record<string, unknown> {
  if (options.until !== undefined) return { until: parseMoment(options.until) };
  if (options.for === undefined) throw new CliError('Say how much longer: --for 2h, or --until TIME.', EXIT.usage);
  return { duration_seconds: parseDuration(options.for) };
}
