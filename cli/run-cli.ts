import { CommanderError } from 'commander';
import type { CliIo } from './cli-io.ts';
import { createProgram } from './create-program.ts';
import { CliError, EXIT } from './exit-code.ts';

/** The shell's own code for a command that Ctrl-C ended: 128 + SIGINT. */
const EXIT_INTERRUPTED = 130;

/** Runs one command line. @returns the exit code */
export async function runCli(io: CliIo, args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(io, (exitCode) => (code = exitCode));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (io.signal.aborted) return EXIT_INTERRUPTED;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CliError)) throw error;
    io.stderr.write(`hallpass: ${error.message}\n`);
    return error.exitCode;
  }
}
