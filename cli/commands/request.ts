import type { Command } from 'commander';
import { outcomeText, requestSchema, type AccessRequest } from '../access-request.ts';
import type { ApiClient } from '../api-client.ts';
import { print, printJson, say, type CliIo } from '../cli-io.ts';
import { connect } from '../command-context.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import { parseDuration, parseMoment } from '../parse-duration.ts';
import { parseThing } from '../parse-thing.ts';
import { waitForDecision } from '../wait-for-decision.ts';

interface RequestOptions {
  readonly for?: string;
  readonly until?: string;
  readonly start?: string;
  readonly reason?: string;
  readonly breakGlass?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
}

export function addRequestCommand(program: Command, io: CliIo, finish: (code: ExitCode) => void): void {
  program
    .command('request')
    .description('ask for access')
    .argument('<things...>', 'connection:ID, target:ID, feature:ID (several at once), or one of scope:ID, role:ROLE')
    .option('--for <duration>', '4h, 1d12h, 1w, permanent', '1h')
    .option('--until <time>', 'instead of --for: 2026-11-24T17:00')
    .option('--start <time>', 'begin later: 2026-11-24T09:00')
    .option('--reason <text>', 'what it is for; asked for on a terminal')
    .option('--break-glass', 'emergency: at once, reviewed afterwards')
    .option('--wait', 'wait for the decision; the exit code says what it was')
    .option('--json', 'print the request as JSON')
    .action(async (things: string[], options: RequestOptions) => {
      const body = { ...askedFor(things), ...periodOf(options), ...(options.breakGlass ? { break_glass: true } : {}) };
      const api = await connect(io);
      const reason = options.reason ?? (await askReason(io));
      const filed = await fileRequest(api, { ...body, reason });
      say(io, filed.joined ? `You have asked for this already: ${filed.id}` : `Asked: ${filed.id}`);
      say(io, `${api.url}/access-requests/${filed.id}`);
      const rest = filed.bundle.filter(({ id }) => id !== filed.id);
      for (const { id } of rest) say(io, `With it: ${id}`);
      if (!options.wait) return report(io, filed, options.json);
      // Several at once are decided one by one; the last one to be decided ends the wait.
      for (const { id } of [filed, ...rest]) {
        const decided = await waitForDecision(api, id, io.signal);
        report(io, decided, options.json);
        const code = exitCodeOf(decided);
        if (code !== EXIT.ok) finish(code);
      }
    });
}

function askedFor(things: readonly string[]): Record<string, unknown> {
  const [first, ...more] = things.map(parseThing);
  if (first === undefined || more.length === 0) return { ...first };
  const resources = [first, ...more].map((thing) => {
    if ('resource' in thing) return thing.resource;
    throw new CliError('A Scope or a Role is asked for by itself.', EXIT.usage);
  });
  return { resources };
}

function periodOf(options: RequestOptions): Record<string, unknown> {
  return {
    ...(options.start === undefined ? {} : { starts_at: parseMoment(options.start) }),
    ...(options.until === undefined
      ? { duration_seconds: parseDuration(options.for ?? '1h') }
      : { until: parseMoment(options.until) }),
  };
}

/** @throws CliError where nobody can be asked */
export async function askReason(io: CliIo): Promise<string> {
  const reason = (await io.ask('Reason: '))?.trim() ?? '';
  if (reason === '') throw new CliError('Say what the access is for: --reason "…"', EXIT.usage);
  return reason;
}

export async function fileRequest(api: ApiClient, body: Readonly<Record<string, unknown>>): Promise<AccessRequest> {
  return requestSchema.parse(await api.post('/v1/access-requests', body));
}

function report(io: CliIo, request: AccessRequest, asJson: boolean | undefined): void {
  if (asJson) printJson(io, request);
  else print(io, outcomeText(request));
}

/** Approved or still open is no failure; the rest a script wants to tell apart. */
export function exitCodeOf(request: AccessRequest): ExitCode {
  if (request.status === 'denied') return EXIT.denied;
  return request.status === 'expired' || request.status === 'cancelled' ? EXIT.undecided : EXIT.ok;
}

/** @throws CliError with the outcome, unless it was approved */
export function assertApproved(request: AccessRequest): void {
  if (request.status !== 'approved') throw new CliError(outcomeText(request), exitCodeOf(request));
}
