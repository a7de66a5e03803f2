/** What scripts can tell apart. */
export const EXIT = {
  ok: 0,
  /** The server or the network said no. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A reviewer denied. */
  denied: 3,
  /** Expired or cancelled before anybody decided. */
  undecided: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with one sentence on standard error. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
