import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../../cli/run-cli.ts';

export interface CommandLine {
  /** Both streams are read to their end. */
  run(
    args: readonly string[],
    options?: {
      readonly stdin?: string;
      /** What the person at the terminal answers; left out, there is no terminal. */
      readonly answer?: (question: string) => string;
      readonly signal?: AbortSignal;
    },
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
}

/** The `hallpass` command in this process, with an environment of its own. */
export function commandLine(env: Readonly<Record<string, string>>): CommandLine {
  return {
    async run(args, { stdin = '', answer, signal = new AbortController().signal } = {}) {
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      const written = Promise.all([text(stdout), text(stderr)]);
      const code = await runCli(
        {
          env,
          stdout,
          stderr,
          signal,
          readAll: () => Promise.resolve(stdin),
          ask: (question) => Promise.resolve(answer?.(question) ?? null),
        },
        args,
      );
      stdout.end();
      stderr.end();
      const [out, err] = await written;
      return { code, stdout: out, stderr: err };
    },
  };
}
