import { describe, expect, it } from '@jest/globals';
import { readAdminConfig } from '../../../admin-api/config.ts';
import { describeUserAgent } from '../../../admin-api/sessions/describe-user-agent.ts';
import { mapClaims } from '../../../admin-api/sessions/map-claims.ts';

const NEEDED = {
  DATABASE_URL: 'postgresql://x',
  HALLPASS_ADMIN_PUBLIC_URL: 'https://access.example.com',
  HALLPASS_OIDC_ISSUER: 'https://login.example.com',
  HALLPASS_OIDC_CLIENT_ID: 'hallpass',
};

describe('the settings of signing in', () => {
  it('map nothing and create nobody when left out', () => {
    expect(readAdminConfig(NEEDED).oidc).toMatchObject({ create_people: false, default_role: 'viewer' });
    expect(readAdminConfig(NEEDED).oidc?.groups_claim).toBeUndefined();
  });

  it.each([
    [{ HALLPASS_OIDC_ROLE_CLAIM: 'groups' }, /ROLE_CLAIM|ROLE_MAPPING/],
    [{ HALLPASS_OIDC_ROLE_CLAIM: 'g', HALLPASS_OIDC_ROLE_MAPPING: '{"a":"owner"}' }, /ALLOW_OWNER/],
    [{ HALLPASS_OIDC_ROLE_CLAIM: 'g', HALLPASS_OIDC_ROLE_MAPPING: '{"a":"root"}' }, /ROLE_MAPPING/],
    [{ HALLPASS_OIDC_ROLE_CLAIM: 'g', HALLPASS_OIDC_ROLE_MAPPING: 'a=admin' }, /must be JSON/],
    [{ HALLPASS_OIDC_DEFAULT_ROLE: 'admin' }, /DEFAULT_ROLE/],
    [{ HALLPASS_TRUSTED_PROXIES: 'everybody' }, /TRUSTED_PROXIES/],
    [{ HALLPASS_TRUSTED_PROXIES: '10.0.0.0/33' }, /TRUSTED_PROXIES/],
  ])('are refused when they can not be meant: %j', (wrong, message) => {
    expect(() => readAdminConfig({ ...NEEDED, ...wrong })).toThrow(message);
  });

  it('let the provider say who the Owner is only where that is asked for', () => {
    const mapping = { HALLPASS_OIDC_ROLE_CLAIM: 'g', HALLPASS_OIDC_ROLE_MAPPING: '{"a":"owner"}' };
    expect(readAdminConfig({ ...NEEDED, ...mapping, HALLPASS_OIDC_ALLOW_OWNER: 'true' }).oidc?.role_mapping).toEqual({
      a: 'owner',
    });
  });
});

describe('claims', () => {
  const config = { groups_claim: 'https://x.example/groups', role_claim: 'a.b', default_role: 'viewer' } as const;

  it('are found by their very name before dots are followed', () => {
    const mapping = { ...config, role_mapping: { top: 'admin', deep: 'member' } } as const;
    expect(mapClaims({ 'https://x.example/groups': 'one', 'a.b': 'top', a: { b: 'deep' } }, mapping)).toEqual({
      groups: ['one'],
      role: 'admin',
    });
    expect(mapClaims({ a: { b: ['deep'] } }, mapping)).toEqual({ groups: [], role: 'member' });
  });

  it('that the provider keeps elsewhere decide nothing', () => {
    const claims = { _claim_names: { groups: 'src1' } };
    const mapping = { groups_claim: 'groups', role_claim: 'groups', role_mapping: {}, default_role: 'viewer' } as const;
    expect(mapClaims(claims, mapping)).toEqual({ groups: undefined, role: undefined });
  });
});

describe('a browser', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox 142 on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0',
      'Edge 139 on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36',
      'Chrome 139 on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari 18 on iPhone',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 'A browser on macOS'],
    ['curl/8.5.0', 'Another program'],
    ['', null],
    [null, null],
  ])('is told in a few words: %s', (userAgent, words) => {
    expect(describeUserAgent(userAgent)).toBe(words);
  });
});
