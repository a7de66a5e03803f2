import { Router, type Response } from 'express';
import { UNSUBSCRIBE_PATH } from './smtp-channel.ts';
import { escapeHtml } from './html-text.ts';
import type { UnsubscribeRequest } from './unsubscribe-token.ts';
import { NOTIFICATION_EVENTS } from '../notification-event-type.ts';

export interface UnsubscribePorts {
  /** @returns null for a token that is not ours */
  readonly read: (token: string) => UnsubscribeRequest | null;
  readonly turnOff: (request: UnsubscribeRequest) => Promise<void>;
}

/**
 * Where the links in mails lead that turn mail off. Opening one shows a page with a button (law 13); pressing it, or
 * the mail program's own button (RFC 8058), posts. The token is all it takes, so nobody has to sign in for this.
 */
export function unsubscribeRoutes({ read, turnOff }: UnsubscribePorts): Router {
  const router = Router();
  router.get(UNSUBSCRIBE_PATH, (request, response) => {
    const token = textOf(request.query['token']);
    const asked = read(token);
    if (asked === null) return void sendPage(response, 404, 'This link is not valid', WAY_OUT);
    sendPage(
      response,
      200,
      'Turn off these mails?',
      `<p>Mail ${about(asked)} will not be sent to you any more. You still see everything in Hallpass itself.</p>
<form method="post" action="${UNSUBSCRIBE_PATH}?token=${encodeURIComponent(token)}"><button type="submit">Turn off</button></form>`,
    );
  });
  router.post(UNSUBSCRIBE_PATH, async (request, response) => {
    const asked = read(textOf(request.query['token']));
    if (asked === null) return void sendPage(response, 404, 'This link is not valid', WAY_OUT);
    await turnOff(asked);
    sendPage(
      response,
      200,
      'Turned off',
      `<p>Mail ${about(asked)} is turned off, but for what your team has made mandatory.</p>${WAY_OUT}`,
    );
  });
  return router;
}

const WAY_OUT =
  '<p>All of it is in your <a href="/settings/notification-preferences">notification preferences</a>.</p>';

function about({ event_type: type }: UnsubscribeRequest): string {
  return type === null ? 'about everything' : `about “${escapeHtml(NOTIFICATION_EVENTS[type])}”`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function sendPage(response: Response, status: number, title: string, body: string): void {
  response.status(status).set('cache-control', 'no-store').type('html').send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} - Hallpass</title>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`);
}
