import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { describeError } from '../../../core/process/logger.ts';

const LOGGER = new URL('../../../core/process/logger.ts', import.meta.url).href;

/** Logs in a process of its own, because the logger writes to standard output. */
function log(statements: string, level = 'info'): Record<string, unknown>[] {
  const program = `import { createLogger } from '${LOGGER}'; const logger = createLogger('proxy', '${level}'); ${statements}`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is JSON lines with process, level by name and time in RFC 3339', () => {
    const [line] = log(`logger.info({ route: 'aws' }, 'hello')`);
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      process: 'proxy',
      route: 'aws',
      msg: 'hello',
    });
  });

  it('keeps to its level', () => {
    expect(log(`logger.info('a'); logger.warn('b')`, 'warn').map(({ msg }) => msg)).toEqual(['b']);
    expect(log(`logger.fatal('a')`, 'silent')).toEqual([]);
  });

  it('blots out secrets that slipped in', () => {
    const text = JSON.stringify(
      log(`
        logger.info({ authorization: 's3cret', cookie: 's3cret', token: 's3cret', password: 's3cret', binding_token: 's3cret' });
        logger.info({ headers: { authorization: 's3cret', cookie: 's3cret', host: 'kept' } });
        logger.info({ request: { token: 's3cret', authorization: 's3cret' } });
      `),
    );
    expect(text).not.toContain('s3cret');
    expect(text).toContain('kept');
    expect(text.match(/\[redacted\]/g)).toHaveLength(9);
  });

  it('tells of an error its name, message, code and place, and none of its other fields', () => {
    const [line] = log(`
      const error = Object.assign(new TypeError('no'), { code: 'E1', parameters: ['s3cret'], cause: { token: 's3cret' } });
      logger.error({ err: error }, 'failed');
    `);
    expect(line).toMatchObject({ err: { name: 'TypeError', message: 'no', code: 'E1', stack: expect.any(String) } });
    expect(Object.keys(line!['err'] as object).toSorted()).toEqual(['code', 'message', 'name', 'stack']);
    expect(JSON.stringify(line)).not.toContain('s3cret');
  });
});

describe('an error in words', () => {
  it('may be anything that was thrown', () => {
    expect(describeError('text')).toEqual({ name: 'NonError', message: 'text' });
    expect(describeError(undefined)).toEqual({ name: 'NonError', message: 'undefined' });
    expect(describeError(Object.assign(new Error('x'), { code: 7 }))).not.toHaveProperty('code');
  });
});
