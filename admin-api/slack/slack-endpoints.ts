import { raw, Router, type RequestHandler } from 'express';
import type { Clock } from '../../core/process/clock.ts';
import { HttpProblem } from '../http/problem.ts';
import { handleCommand, type CommandParts } from './handle-command.ts';
import { handleInteraction, type InteractionParts } from './handle-interaction.ts';
import { commandSchema, readInteraction } from './interaction-payload.ts';
import { escapeSlackText, SLACK_LIMITS } from './slack-text.ts';
import { verifySlackSignature } from './verify-slack-signature.ts';

/** Slack sends the message along with each press of its buttons. */
const BODY_LIMIT = '512kb';
/** Slack shows a failure after three seconds without an answer; what takes longer goes on after it. */
const ANSWER_WITHIN_MS = 2_000;

/** Where Slack sends presses of buttons, dialogs and commands. No cookie counts here, only Slack's signature. */
export function createSlackEndpoints(
  parts: InteractionParts & CommandParts & { readonly signingSecret: string; readonly clock: Clock },
): Router {
  const router = Router();
  const fromSlack = [raw({ type: () => true, limit: BODY_LIMIT }), requireSignature(parts.signingSecret, parts.clock)];
  router.post('/slack/interactions', ...fromSlack, async (request, response) => {
    const interaction = readInteraction(request.body as Buffer);
    const answer = interaction === null ? null : await within(ANSWER_WITHIN_MS, handleInteraction(parts, interaction));
    response.set('cache-control', 'no-store').status(200);
    if (answer === null) response.end();
    else response.json(answer);
  });
  router.post('/slack/commands', ...fromSlack, async (request, response) => {
    const fields = Object.fromEntries(new URLSearchParams((request.body as Buffer).toString('utf8')));
    const { text, team_id, user_id } = commandSchema.parse(fields);
    const said = await handleCommand(parts, { team_id, user_id }, text);
    response.set('cache-control', 'no-store').json({
      response_type: 'ephemeral',
      text: escapeSlackText(said, SLACK_LIMITS.message_text),
    });
  });
  return router;
}

/** @throws HttpProblem `not-from-slack` */
function requireSignature(signingSecret: string, clock: Clock): RequestHandler {
  return (request, _response, next) => {
    const body: unknown = request.body;
    const verdict = verifySlackSignature(
      {
        timestamp: request.get('x-slack-request-timestamp'),
        signature: request.get('x-slack-signature'),
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      },
      signingSecret,
      clock(),
    );
    if (verdict !== 'ok') {
      throw new HttpProblem(
        'not-from-slack',
        verdict === 'too old'
          ? 'The request is more than five minutes old. Check the clock of this machine.'
          : 'The signature does not belong to this request. Check HALLPASS_SLACK_SIGNING_SECRET.',
      );
    }
    next();
  };
}

/** @returns null when the work takes longer; it goes on */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
