import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { REASON_TEXT, type ReasonCode } from '../../../core/access/reason-code.ts';
import type { Resource } from '../../../core/access/resource.ts';
import type { Subject } from '../../../core/access/subject.ts';
import { createDenialKey } from '../../../core/decision/denial-token.ts';
import type { Requestable } from '../../../core/decision/decision.ts';
import { AccessRequestLinks } from '../../../core/decision/access-request-link.ts';
import { denialAnswer, prefersHtml } from '../../../proxy/gate/denial-answer.ts';
import { escapeHtml } from '../../../proxy/gate/denial-page.ts';
import type { Denial } from '../../../proxy/gate/verdict.ts';
import { person, resource } from '../../proxy/support/facts.ts';

let links: AccessRequestLinks;
beforeAll(async () => {
  links = new AccessRequestLinks('http://proxy', 'http://console', await createDenialKey());
});

function denial(reason: ReasonCode, request: Requestable | null, more: Partial<Denial> = {}): Denial {
  return {
    allowed: false,
    decision: {
      allow: false,
      reason,
      grants: [],
      ends_at: null,
      role: null,
      obligations: {},
      request,
      evaluation_id: 'ev_1',
      evaluated_at: 0,
      policy_revision: null,
    },
    subject: person('member').value as Subject,
    resource: resource('connection:aws').value as Resource,
    action: 'read',
    returnTo: null,
    loggedResource: null,
    loggedReason: reason,
    detail: null,
    ...more,
  };
}

describe('a denial', () => {
  it.each([
    [{ resource: true, scopes: ['s'], role: 'admin' }, 'resource=connection:aws'],
    [{ resource: false, scopes: ['s'], role: 'member' }, 'role=member'],
    [{ resource: false, scopes: ['s', 't'], role: null }, 'scope=s'],
  ] satisfies [Requestable, string][])('that could be asked away by %j leads to %s', async (request, query) => {
    const answer = await denialAnswer(denial('no-grant', request), {}, links);
    const { access_request: link } = JSON.parse(answer.body);
    expect(link.form_url).toBe(`http://console/access-requests/new?${query}&action=read&evaluation_id=ev_1`);
  });

  it('that cannot be asked away leads nowhere', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const answer = await denialAnswer(denial('denied-by-rule', null), { accept }, links);
      expect(answer.headers.link).toBeUndefined();
      expect(answer.body).not.toContain('http://console');
    }
  });

  const statuses: Partial<Record<ReasonCode, number>> = {
    'identity-missing': 401,
    'identity-invalid': 401,
    'path-refused': 400,
    'request-refused': 400,
    'route-unknown': 404,
    'facts-stale': 503,
    'policy-missing': 503,
    'identity-unavailable': 503,
    'grant-pending': 503,
    'policy-error': 403,
    'policy-undefined': 403,
    'no-grant': 403,
  };
  it.each(Object.entries(statuses))('for %s is %d, in every shape, and says so', async (reason, status) => {
    for (const accept of ['text/html', 'application/json']) {
      const answer = await denialAnswer(denial(reason as ReasonCode, null), { accept }, links);
      expect(answer.status).toBe(status);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['retry-after'] !== undefined).toBe(status === 503);
      expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
      expect(answer.body).toContain(accept === 'text/html' ? escapeHtml(REASON_TEXT[reason as ReasonCode]) : reason);
    }
  });

  it('lets no value out of its place in the page', async () => {
    const evil = `"><script>alert(1)</script><a href='javascript:x'>&`;
    const value = { ...(resource('connection:aws').value as Resource), name: evil, environment: evil };
    const subject = { ...(person('member').value as Subject), email: evil };
    const wanted = { resource: value, subject, returnTo: `http://proxy/${evil}`, detail: evil };
    const { body } = await denialAnswer(
      denial('no-grant', { resource: true, scopes: [], role: null }, wanted),
      { accept: 'text/html' },
      links,
    );
    expect(body).not.toContain('<script');
    expect(body).not.toContain("<a href='");
    expect(body.match(/<a /g)).toHaveLength(1);
  });

  it('escapes everything that ends a text or an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });

  it('has a gRPC message that fits a header', async () => {
    const answer = await denialAnswer(
      denial('no-grant', null, { detail: 'ü 100% \r\n🙂' }),
      { 'content-type': 'application/grpc' },
      links,
    );
    expect(answer.headers['grpc-message']).toMatch(/^[\x20-\x7e]*$/);
    expect(decodeURIComponent(answer.headers['grpc-message']!)).toContain('ü 100% \r\n🙂');
  });

  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['text/html;q=0.5, application/json;q=0.9', false],
    ['application/json, text/html', true],
    ['*/*', false],
    ['text/*', false],
    ['text/html;q=0', false],
    ['application/json', false],
    [undefined, false],
  ])('for Accept: %s is a page: %s', (accept, html) => {
    expect(prefersHtml(accept)).toBe(html);
  });
});
