import { describe, expect, it } from '@jest/globals';
import { readAdminConfig } from '../../../admin-api/config.ts';
import { ConfigError } from '../../../core/process/read-config.ts';

const LEAST = { DATABASE_URL: 'postgresql://h/d', HALLPASS_ADMIN_PUBLIC_URL: 'https://access.example/' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readAdminConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration of the admin API', () => {
  it('needs a database and its own public address, and nothing else', () => {
    expect(readAdminConfig(LEAST)).toMatchObject({
      publicUrl: 'https://access.example',
      redisUrl: null,
      bearer: null,
      oidc: null,
    });
    expect(problemsOf({}).map((problem) => problem.split(':')[0])).toEqual([
      'DATABASE_URL',
      'HALLPASS_ADMIN_PUBLIC_URL',
    ]);
  });

  it('tells every problem at once, those of halves too, and in plain words', () => {
    expect(
      problemsOf({
        DATABASE_URL: 'mysql://h/d',
        REDIS_URL: 'http://h',
        HALLPASS_ADMIN_PUBLIC_URL: 'nowhere',
        HALLPASS_ADMIN_PORT: 'abc',
        HALLPASS_JWT_ISSUER: 'https://idp.example',
        HALLPASS_OIDC_ISSUER: 'http://idp.example',
        HALLPASS_SESSION_MAX_AGE_MS: '5',
      }),
    ).toEqual([
      'DATABASE_URL: must be a postgresql:// URL',
      'REDIS_URL: must be a redis:// URL',
      'HALLPASS_ADMIN_PORT: must be a number',
      expect.stringMatching(/^HALLPASS_ADMIN_PUBLIC_URL: must be/),
      'HALLPASS_OIDC_ISSUER: must be https, except on this very machine',
      'HALLPASS_SESSION_MAX_AGE_MS: must be at least 60000',
      'HALLPASS_JWT_JWKS_URL: must be set together with HALLPASS_JWT_ISSUER and HALLPASS_JWT_AUDIENCE',
      'HALLPASS_JWT_AUDIENCE: must be set together with HALLPASS_JWT_JWKS_URL and HALLPASS_JWT_ISSUER',
      'HALLPASS_OIDC_CLIENT_ID: must be set together with HALLPASS_OIDC_ISSUER',
    ]);
  });

  it('takes what belongs together', () => {
    const config = readAdminConfig({
      ...LEAST,
      HALLPASS_OIDC_ISSUER: 'https://idp.example',
      HALLPASS_OIDC_CLIENT_ID: 'hallpass',
      HALLPASS_JWT_ISSUER: 'https://idp.example',
      HALLPASS_JWT_AUDIENCE: 'hallpass',
      HALLPASS_JWT_JWKS_URL: 'https://idp.example/jwks',
    });
    expect(config.oidc).toMatchObject({ issuer: 'https://idp.example', client_id: 'hallpass' });
    expect(config.bearer).toMatchObject({ audience: 'hallpass', algorithms: ['EdDSA', 'ES256', 'PS256', 'RS256'] });
  });
});
