import type { z } from 'zod';
import { usePlainMessages } from './plain-messages.ts';

/** sysexits.h EX_CONFIG: what a root exits with when its configuration is wrong. */
export const EXIT_CONFIG = 78;

/** Every problem of a configuration at once, each with its name and the way out; never a value, which may be secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(`The configuration in ${source} is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * @param source named in the error: `the environment`, or a file's path
 * @throws ConfigError
 */
export function readConfig<Schema extends z.ZodType>(schema: Schema, input: unknown, source: string): z.output<Schema> {
  usePlainMessages();
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    source,
    parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`),
  );
}

/** The environment without empty strings: `X=` in a shell or a Helm value means "not set". */
export function withoutEmpty(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}
