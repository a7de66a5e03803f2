import type { Command } from 'commander';
import { z } from 'zod';
import { meSchema } from '../access-request.ts';
import { createApiClient } from '../api-client.ts';
import { print, type CliIo } from '../cli-io.ts';
import { keepToken, readServerUrl } from '../credentials.ts';
import { CliError, EXIT } from '../exit-code.ts';

export function addLoginCommand(program: Command, io: CliIo): void {
  program
    .command('login')
    .description('keep a token for this server; on a quickstart, be one of its demo people')
    .option('--as <email>', 'quickstart only: member@example.com')
    .option('--token-stdin', 'read a bearer token from standard input')
    .action(async ({ as, tokenStdin }: { as?: string; tokenStdin?: boolean }) => {
      const url = readServerUrl(io.env);
      if ((as === undefined) === (tokenStdin !== true)) {
        throw new CliError('Use --token-stdin, or --as EMAIL on a quickstart.', EXIT.usage);
      }
      const token = as === undefined ? (await io.readAll()).trim() : await demoToken(url, as, io.signal);
      if (token === '') throw new CliError('There was no token on standard input.', EXIT.usage);
      // Asked before it is kept, so that a wrong token is noticed here and not at the next command.
      const me = meSchema.parse(await createApiClient({ url, token, signal: io.signal }).get('/v1/me'));
      const path = await keepToken(io.env, url, token);
      print(io, `You are ${me.name} <${me.email}> at ${url}. The token is in ${path}.`);
    });
}

async function demoToken(url: string, email: string, signal: AbortSignal): Promise<string> {
  const anonymous = createApiClient({ url, token: 'none', signal });
  const answer = await anonymous.post('/quickstart/tokens', { email });
  return z.object({ token: z.string() }).parse(answer).token;
}
