import type { IncomingHttpHeaders } from 'node:http';
import { REASON_TEXT } from '../../core/access/reason-code.ts';
import type { AccessRequestLink, AccessRequestLinks } from '../../core/decision/access-request-link.ts';
import { DENIAL_PAGE_CSP, renderDenialPage } from './denial-page.ts';
import { denialKind, type DenialKind } from './denial-kind.ts';
import { problemAnswer, type Answer } from '../../core/process/problem-answer.ts';
import type { Denial } from './verdict.ts';

/** The link relation of every denial that can be requested away (RFC 8288). */
export const REQUEST_ACCESS_REL = 'https://hallpass.dev/rel/request-access';

/** One set of facts, in the shape the caller reads: gRPC, HTML or problem+json. */
export async function denialAnswer(
  denial: Denial,
  headers: IncomingHttpHeaders,
  links: AccessRequestLinks,
): Promise<Answer> {
  const { decision, subject, resource, action } = denial;
  const kind = denialKind(decision.reason);
  const link =
    subject === null || resource === null || action === null
      ? null
      : await links.linkFor({ decision, subject, resource, action, returnTo: denial.returnTo });
  const answer = inShape(denial, kind, link, headers, links);
  return { ...answer, headers: { ...answer.headers, ...commonHeaders(denial, kind, link) } };
}

function inShape(
  denial: Denial,
  kind: DenialKind,
  link: AccessRequestLink | null,
  headers: IncomingHttpHeaders,
  links: AccessRequestLinks,
): Answer {
  if (/^application\/grpc(?:$|[+;])/i.test(headers['content-type'] ?? '')) return grpcAnswer(denial, kind, link);
  if (prefersHtml(headers.accept)) {
    return {
      status: kind.status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': DENIAL_PAGE_CSP,
        'referrer-policy': 'no-referrer',
      },
      body: renderDenialPage(denial, kind, {
        formUrl: link?.form_url ?? null,
        signInUrl: kind.status === 401 ? links.signInUrl(denial.returnTo) : null,
      }),
    };
  }
  const { decision, resource, action } = denial;
  return problemAnswer(kind.status, kind.problem, kind.title, detailOf(denial), {
    reason: decision.reason,
    ...(resource === null ? {} : { resource: { type: resource.type, id: resource.id } }),
    ...(action === null ? {} : { action }),
    evaluation_id: decision.evaluation_id,
    ...(link === null ? {} : { access_request: link }),
  });
}

export function detailOf(denial: Denial): string {
  const text = REASON_TEXT[denial.decision.reason];
  return denial.detail === null ? text : `${text} Here: ${denial.detail}.`;
}

function commonHeaders(denial: Denial, kind: DenialKind, link: AccessRequestLink | null): Record<string, string> {
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    vary: 'Accept, Authorization, Content-Type, Cookie',
    'x-content-type-options': 'nosniff',
  };
  if (link !== null) headers.link = `<${link.form_url}>; rel="${REQUEST_ACCESS_REL}"`;
  if (kind.status === 401) {
    // RFC 6750 3.1: no error code where no token was sent.
    const error = denial.decision.reason === 'identity-invalid' ? ', error="invalid_token"' : '';
    headers['www-authenticate'] = `Bearer realm="hallpass"${error}`;
  }
  if (kind.retryAfterSeconds !== null) headers['retry-after'] = String(kind.retryAfterSeconds);
  return headers;
}

/** Trailers-Only (gRPC over HTTP2, "Responses"): status 200 and everything in the one block of headers. */
function grpcAnswer(denial: Denial, kind: DenialKind, link: AccessRequestLink | null): Answer {
  const { decision, resource, action } = denial;
  return {
    status: 200,
    headers: {
      'content-type': 'application/grpc',
      'grpc-status': String(kind.grpcStatus),
      'grpc-message': grpcMessage(detailOf(denial)),
      'hallpass-reason': decision.reason,
      'hallpass-evaluation-id': decision.evaluation_id,
      ...(resource === null ? {} : { 'hallpass-resource': `${resource.type}:${resource.id}` }),
      ...(action === null ? {} : { 'hallpass-action': action }),
      ...(link === null
        ? {}
        : {
            'hallpass-access-request-form': link.form_url,
            'hallpass-access-request-endpoint': link.endpoint,
            'hallpass-access-request-token': link.binding_token,
            'hallpass-access-request-expires-at': link.expires_at,
          }),
    },
    body: '',
  };
}

/** Percent-Encoded of the gRPC protocol: printable ASCII but `%` stands as it is. */
function grpcMessage(text: string): string {
  return text.replaceAll(/[^\x20-\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character));
}

/** Whether HTML is named and not wanted less than JSON (RFC 9110 12.5.1). A mere any-type wildcard is a program. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !/html/i.test(accept)) return false;
  let html = 0;
  let json = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const weight = q === undefined ? 1 : Number.parseFloat(q) || 0;
    if (type === 'text/html' || type === 'application/xhtml+xml') html = Math.max(html, weight);
    else if (type === 'application/json' || type === 'application/problem+json') json = Math.max(json, weight);
  }
  return html > 0 && html >= json;
}
