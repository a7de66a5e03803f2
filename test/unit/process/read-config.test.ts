import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import { ConfigError, EXIT_CONFIG, readConfig, withoutEmpty } from '../../../core/process/read-config.ts';

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres/, message: 'must be a postgres:// URL' }),
  HALLPASS_PROXY_PORT: z.coerce.number().int().min(0).max(65_535).default(8_080),
  nested: z.object({ secret: z.string().min(10, 'must have 10 characters') }),
});
const good = { DATABASE_URL: 'postgres://localhost/x', nested: { secret: 'abcdefghijkl' } };

function problemsOf(input: unknown): readonly string[] {
  try {
    readConfig(schema, input, 'the environment');
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  throw new Error('was accepted');
}

describe('a configuration', () => {
  it('is read with its defaults', () => {
    expect(readConfig(schema, good, 'the environment')).toEqual({ ...good, HALLPASS_PROXY_PORT: 8_080 });
  });

  it('that is wrong says everything that is wrong, at once, by name', () => {
    expect(problemsOf({ DATABASE_URL: 'x', HALLPASS_PROXY_PORT: 'eighty', nested: { secret: 'short' } })).toEqual([
      'DATABASE_URL: must be a postgres:// URL',
      expect.stringMatching(/^HALLPASS_PROXY_PORT: /),
      'nested.secret: must have 10 characters',
    ]);
  });

  it('that is no object at all is named as a whole', () => {
    expect(problemsOf('x')).toEqual([expect.stringMatching(/^\(whole\): /)]);
  });

  it('names its source and each problem on a line of its own', () => {
    expect(() => readConfig(schema, { ...good, HALLPASS_PROXY_PORT: -1, DATABASE_URL: 'x' }, 'routes.yaml')).toThrow(
      /^The configuration in routes\.yaml is wrong:\n {2}- DATABASE_URL: .*\n {2}- HALLPASS_PROXY_PORT: .*$/,
    );
  });

  it('never repeats a value, which may be a secret', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{12,40}$/), (secret) => {
        const problems = problemsOf({ DATABASE_URL: secret, HALLPASS_PROXY_PORT: secret, nested: secret }).join('\n');
        expect(problems).not.toContain(secret);
      }),
    );
  });

  it('that is wrong ends a process with EX_CONFIG', () => {
    expect(EXIT_CONFIG).toBe(78);
  });
});

describe('an empty value of the environment', () => {
  it('means that it is not set', () => {
    expect(withoutEmpty({ A: '', B: undefined, C: '0', D: ' ' })).toEqual({ C: '0', D: ' ' });
  });
});
