/** What a command touches of the world, handed in by the root so that tests can stand in its place. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Reads standard input to its end. */
  readAll(): Promise<string>;
  /** Asks on the terminal; null where nobody sits at one. */
  ask(question: string): Promise<string | null>;
  /** Aborted when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
}

export function say(io: CliIo, line: string): void {
  io.stderr.write(`${line}\n`);
}

export function print(io: CliIo, text: string): void {
  io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(io: CliIo, value: unknown): void {
  print(io, JSON.stringify(value, null, 2));
}
