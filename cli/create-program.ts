import { Command } from 'commander';
import type { CliIo } from './cli-io.ts';
import { addAuditCommand } from './commands/audit-export.ts';
import { addCurlCommand } from './commands/curl.ts';
import { addGrantCommands } from './commands/grants.ts';
import { addLoginCommand } from './commands/login.ts';
import { addRequestCommand } from './commands/request.ts';
import { addReviewCommands } from './commands/review.ts';
import { addStatusCommands } from './commands/status.ts';
import type { ExitCode } from './exit-code.ts';

const ENVIRONMENT = `
Environment:
  HALLPASS_URL            the admin API (http://127.0.0.1:4000)
  HALLPASS_TOKEN          a bearer token
  HALLPASS_TOKEN_COMMAND  a command that prints one

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 denied, 4 expired or cancelled before anybody decided.`;

/** @param finish takes an exit code other than 0 of a command that said its word already */
export function createProgram(io: CliIo, finish: (code: ExitCode) => void): Command {
  const program = new Command('hallpass');
  program
    .description('Ask for access, decide about it, and get on with the call that was refused.')
    .addHelpText('after', ENVIRONMENT)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  addRequestCommand(program, io, finish);
  addStatusCommands(program, io);
  addReviewCommands(program, io);
  addGrantCommands(program, io);
  addCurlCommand(program, io, finish);
  addAuditCommand(program, io);
  addLoginCommand(program, io);
  return program;
}
