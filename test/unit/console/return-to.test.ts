import { describe, expect, it } from '@jest/globals';
import { readDenialLink } from '../../../console/access-requests/denial-link.ts';
import { checkedReturnTo, readReturnTo, returnToWords } from '../../../console/access-requests/return-to.ts';

const DENIED = 'http://127.0.0.1:8080/connections/aws-production/echo?a=1&b=2#part';

describe('the way back to what was refused', () => {
  it('is read whole out of the fragment', () => {
    expect(readReturnTo(`#return_to=${encodeURIComponent(DENIED)}`)).toBe(DENIED);
  });

  it.each(['', '#', '#other=1', '#return_to=', '#return_to=%2Fpath', '#return_to=%E0%A4%A'])(
    'is none in %p',
    (hash) => {
      expect(readReturnTo(hash)).toBeNull();
    },
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)//http://x',
    'data:text/html,<script>alert(1)</script>',
    'ftp://example.com/',
    '//example.com/',
    '/relative',
    'https://user:secret@example.com/',
    'https://',
    `https://example.com/${'a'.repeat(2_000)}`,
    ' https://example.com/',
  ])('is never %p', (text) => {
    expect(checkedReturnTo(text)).toBeNull();
  });

  it('is called by host and path, shortened when long', () => {
    expect(returnToWords(new URL(DENIED))).toBe('127.0.0.1:8080/connections/aws-production/echo');
    expect(returnToWords(new URL('https://example.com/'))).toBe('example.com');
    expect(returnToWords(new URL(`https://example.com/${'a'.repeat(200)}`))).toHaveLength(80);
  });
});

describe("a denial's link", () => {
  it('gives action, evaluation and the way back', () => {
    const query = new URLSearchParams('resource=connection:x&action=read&evaluation_id=ev_1');
    expect(readDenialLink(query, `#return_to=${encodeURIComponent(DENIED)}`, [new URL(DENIED).origin])).toEqual({
      action: 'read',
      evaluationId: 'ev_1',
      returnTo: DENIED,
    });
  });

  it('leaves out what the API would refuse', () => {
    const query = new URLSearchParams({ action: 'x'.repeat(101), evaluation_id: 'not an id' });
    expect(readDenialLink(query, '#return_to=javascript:1', [new URL(DENIED).origin])).toEqual({
      action: null,
      evaluationId: null,
      returnTo: null,
    });
  });

  it('does not name an address that no sidecar serves', () => {
    const hash = `#return_to=${encodeURIComponent('https://evil.example/')}`;
    expect(readDenialLink(new URLSearchParams(), hash, [new URL(DENIED).origin]).returnTo).toBeNull();
  });
});
