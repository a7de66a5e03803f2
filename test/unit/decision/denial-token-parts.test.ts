import { describe, expect, it } from '@jest/globals';
import { createDenialKey, signDenialToken, verifyDenialToken } from '../../../core/decision/denial-token.ts';

describe('a denial token', () => {
  const NOW = Date.parse('2026-01-01T00:00:00Z');
  const parties = { issuer: 'https://proxy.example.com', audience: 'https://console.example.com' };
  const claims = (id: string) => ({
    subject: { type: 'user' as const, id },
    resource: { type: 'connection' as const, id: 'aws-production' },
    action: { name: 'read' },
    evaluation_id: `ev_${id}`,
    reason: 'no-grant',
    return_to: null,
  });

  it('made of the parts of others, or with any bit flipped, is refused', async () => {
    const [key, other] = await Promise.all([createDenialKey(), createDenialKey()]);
    const keys = [key.publicJwk, other.publicJwk];
    const tokens = await Promise.all([
      signDenialToken(claims('per_1'), key, parties, NOW),
      signDenialToken(claims('per_2'), key, parties, NOW),
      signDenialToken(claims('per_1'), other, parties, NOW),
      signDenialToken(claims('per_1'), key, { ...parties, audience: 'https://elsewhere.example.com' }, NOW),
    ]);
    const parts = tokens.map((token) => token.split('.'));
    const verify = (token: string) =>
      verifyDenialToken(token, keys, parties.audience, NOW).then(
        () => true,
        () => false,
      );
    for (const [head] of parts) {
      for (const [, body] of parts) {
        for (const [, , signature] of parts) {
          const token = [head, body, signature].join('.');
          expect([token, await verify(token)]).toEqual([token, tokens.slice(0, 3).includes(token)]);
        }
      }
    }
    const token = tokens[0];
    const same = (one: string) =>
      one
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString('hex'))
        .join('.');
    for (let bit = 0; bit < token.length * 8; bit += 11) {
      const bytes = Buffer.from(token, 'latin1');
      bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
      const changed = bytes.toString('latin1');
      if (same(changed) === same(token) && /^[\w.-]+$/.test(changed)) continue;
      expect([bit, await verify(changed)]).toEqual([bit, false]);
    }
  });
});
