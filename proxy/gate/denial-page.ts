import { createHash } from 'node:crypto';
import { REASON_TEXT } from '../../core/access/reason-code.ts';
import type { DenialKind } from './denial-kind.ts';
import { DENIAL_PAGE_STYLE } from './denial-page-style.ts';
import type { Denial } from './verdict.ts';

/** Nothing but this page's own style may run or load, and nobody may frame it. */
export const DENIAL_PAGE_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(DENIAL_PAGE_STYLE).digest('base64')}'`,
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export interface DenialPageLinks {
  readonly formUrl: string | null;
  readonly signInUrl: string | null;
}

/** A whole HTML document: no script, no image, no request of its own. Every value is escaped. */
export function renderDenialPage(denial: Denial, kind: DenialKind, links: DenialPageLinks): string {
  const { decision } = denial;
  const heading = headingOf(denial, kind);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(heading)}</title>
<style>${DENIAL_PAGE_STYLE}</style>
</head>
<body>
<main>
<p class="mark" aria-hidden="true"><span class="dot dot-${kind.status}"></span>${kind.status} · ${escapeHtml(kind.title)}</p>
<h1>${escapeHtml(heading)}</h1>
<p class="why">${escapeHtml(REASON_TEXT[decision.reason])}</p>
${denial.detail === null ? '' : `<p class="why">More exactly: ${escapeHtml(denial.detail)}.</p>\n`}${actionsOf(kind, links)}
<dl>
${rowsOf(denial)
  .map(([term, value]) => `<div><dt>${escapeHtml(term)}</dt><dd>${value}</dd></div>`)
  .join('\n')}
</dl>
</main>
<footer>Hallpass decides what may pass here. If this seems wrong, give the evaluation id to an Admin.</footer>
</body>
</html>
`;
}

function headingOf(denial: Denial, kind: DenialKind): string {
  if (denial.resource !== null) {
    const { name } = denial.resource;
    // Whoever may read and tried to write has access, but not this one.
    return denial.decision.reason === 'action-not-permitted'
      ? `Your access to ${name} does not cover this`
      : `You have no access to ${name}`;
  }
  switch (kind.status) {
    case 401:
      return 'Sign in to go on';
    case 404:
      return 'There is nothing here';
    case 503:
      return 'One moment, please';
    case 400:
      return 'This request was not passed on';
    default:
      return 'You have no access';
  }
}

function actionsOf(kind: DenialKind, links: DenialPageLinks): string {
  if (links.formUrl !== null) {
    return `<p class="actions"><a class="button" href="${escapeHtml(links.formUrl)}" rel="noreferrer">Request Access</a></p>
<p class="hint">You say what you need it for and for how long; an Admin decides. Then you come back to this address.</p>`;
  }
  if (links.signInUrl !== null) {
    return `<p class="actions"><a class="button" href="${escapeHtml(links.signInUrl)}" rel="noreferrer">Sign in</a></p>`;
  }
  return kind.status === 503
    ? '<p class="actions"><a class="button" href="">Try again</a></p>'
    : '<p class="hint">There is nothing to request for this one.</p>';
}

function rowsOf(denial: Denial): [string, string][] {
  const { decision, subject, resource, action } = denial;
  const rows: [string, string][] = [];
  if (resource !== null) {
    rows.push(['Resource', `${escapeHtml(resource.name)} ${code(`${resource.type}:${resource.id}`)}`]);
    if (resource.environment !== null && resource.discoverable === 'full') {
      rows.push(['Environment', escapeHtml(resource.environment)]);
    }
  }
  if (action !== null) rows.push(['Action', code(action)]);
  if (subject !== null) rows.push(['You are', escapeHtml(subject.email)]);
  rows.push(
    ['Reason', code(decision.reason)],
    ['Evaluation id', code(decision.evaluation_id)],
    ['Time', escapeHtml(new Date(decision.evaluated_at).toISOString())],
  );
  return rows;
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attribute values in double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
