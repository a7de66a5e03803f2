import type { MessageNotice, OutgoingMessage, Recipient } from '../notification-channel.ts';
import { escapeHtml } from './html-text.ts';
import { showTimes } from './show-times.ts';

export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const MAX_SUBJECT_CHARS = 200;

/** Light and dark by the reader's own setting; no image, no script, nothing fetched from anywhere. */
const STYLE = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  body { margin: 0; padding: 24px 12px; background: #f4f5f7; color: #1f2328;
         font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  .card { max-width: 560px; margin: 0 auto; padding: 28px; background: #ffffff; border: 1px solid #d9dce1; border-radius: 10px; }
  .notice { border-top: 1px solid #d9dce1; padding-top: 20px; margin-top: 20px; }
  h1, h2 { font-size: 19px; line-height: 1.35; margin: 0 0 10px; overflow-wrap: anywhere; }
  p { margin: 0 0 18px; overflow-wrap: anywhere; }
  .button { display: inline-block; padding: 11px 20px; border-radius: 7px; background: #1c5fc4; color: #ffffff;
            font-weight: 600; text-decoration: none; }
  .foot { max-width: 560px; margin: 16px auto 0; font-size: 13px; color: #57606a; }
  .foot a { color: #57606a; }
  @media (prefers-color-scheme: dark) {
    body { background: #15181c; color: #e6e8eb; }
    .card { background: #1f2429; border-color: #363c44; }
    .notice { border-color: #363c44; }
    .button { background: #8ab4f8; color: #10151c; }
    .foot, .foot a { color: #a3abb5; }
  }`;

/**
 * A message as text and as HTML that say the same. Links open pages of the console; a person acts there (law 13).
 * @param links absolute addresses; `preferences` is where mail is turned off by hand
 */
export function mailContent(
  message: Pick<OutgoingMessage, 'notices'> & { readonly person: Recipient },
  publicUrl: string,
): MailContent {
  const { notices, person } = message;
  const shown = notices.map((notice) => showNotice(notice, person.time_zone, publicUrl));
  const [first] = shown as [ShownNotice];
  const isAlone = shown.length === 1;
  const subject = isAlone ? first.title : `${shown.length} notifications: ${first.title}`;
  const preferences = `${publicUrl}/settings/notification-preferences`;
  const foot = `You get this because of your notification preferences in Hallpass: ${preferences}`;
  return {
    subject: oneLine(subject),
    text: `${shown.map(noticeText).join('\n\n----\n\n')}\n\n--\n${foot}\n`,
    html: page(subject, shown, preferences, isAlone),
  };
}

interface ShownNotice {
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly action: string;
}

function showNotice(notice: MessageNotice, timeZone: string, publicUrl: string): ShownNotice {
  return {
    title: showTimes(notice.title, timeZone),
    body: showTimes(notice.body, timeZone),
    url: publicUrl + notice.link,
    action: actionOf(notice),
  };
}

function actionOf({ event_type: type, link }: MessageNotice): string {
  if (link.startsWith('/review/')) return type === 'break-glass' ? 'Look at it' : 'Review the request';
  if (type === 'access-expiring') return 'Ask for more time';
  return link.startsWith('/access-requests/') ? 'Open the request' : 'Open my access';
}

function noticeText({ title, body, url, action }: ShownNotice): string {
  return `${title}\n\n${body}\n\n${action}: ${url}`;
}

function page(subject: string, shown: readonly ShownNotice[], preferences: string, isAlone: boolean): string {
  const heading = isAlone ? '' : `<h1>${shown.length} notifications</h1>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(oneLine(subject))}</title>
<style>${STYLE}
</style>
</head>
<body>
<div class="card">${heading}${shown.map((one) => noticeHtml(one, isAlone)).join('')}
</div>
<p class="foot">You get this because of your <a href="${escapeHtml(preferences)}">notification preferences</a> in Hallpass.</p>
</body>
</html>
`;
}

function noticeHtml({ title, body, url, action }: ShownNotice, isAlone: boolean): string {
  const level = isAlone ? 'h1' : 'h2';
  return `
<div${isAlone ? '' : ' class="notice"'}>
<${level}>${escapeHtml(title)}</${level}>
<p>${escapeHtml(body).replaceAll('\n', '<br>')}</p>
<p style="margin-bottom:0"><a class="button" href="${escapeHtml(url)}">${escapeHtml(action)}</a></p>
</div>`;
}

/** Nothing that people typed may begin a header of its own. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, MAX_SUBJECT_CHARS);
}
