import { z } from 'zod';
import type { Clock } from '../../core/process/clock.ts';
import { callerOf } from '../http/authenticate.ts';
import { operation, type Operation } from '../http/operation.ts';
import type { LiveHint } from './live-hint.ts';
import type { LiveHub } from './live-hub.ts';
import type { LiveLimits } from './live-limits.ts';

/** Unsent bytes above which a reader counts as gone; a hint takes a hundred. */
const MAX_UNSENT_BYTES = 64 * 1024;
/** The longest a timer of Node can be set to. */
const MAX_TIMER_MS = 2_147_483_647;

const hintSchema = z.object({
  topic: z.enum(['notifications', 'access-requests', 'grants']),
  id: z.string().nullable(),
});

/** Server-sent events (WHATWG HTML, section 9.2) that say what to read again. */
export function liveOperation(hub: LiveHub, limits: LiveLimits, clock: Clock): Operation {
  return operation({
    method: 'get',
    path: '/v1/stream',
    tag: 'live',
    summary: 'Hints of what to read again, as server-sent events named `hint`, until the caller is signed out',
    responses: {
      200: { description: 'The data of each event', schema: hintSchema, mediaType: 'text/event-stream' },
    },
    async run({ caller }) {
      return {
        status: 200,
        async stream(response) {
          // Express answers HEAD with this too, and there is nothing to wait for.
          if (response.req.method === 'HEAD') return void response.status(200).type('text/event-stream').end();
          const { session_id, expires_at } = callerOf(response);
          const leave = await hub.join({
            person_id: caller.id,
            session_id,
            hint: (hint) => write(`event: hint\ndata: ${JSON.stringify(hint satisfies LiveHint)}\n\n`),
            end: () => void response.end(),
          });
          const heartbeat = setInterval(() => write(': still here\n\n'), limits.heartbeat_ms);
          const untilExpiry = expires_at === null ? MAX_TIMER_MS : Math.min(expires_at - clock(), MAX_TIMER_MS);
          const expiry = setTimeout(() => response.end(), untilExpiry);
          const stop = () => {
            leave();
            clearInterval(heartbeat);
            clearTimeout(expiry);
          };
          // Gone while it was let in: `close` will not come again.
          if (response.closed) return stop();
          response.once('close', stop);
          response.status(200).set({
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store, no-transform',
            // Proxies that would hold back what is written.
            'x-accel-buffering': 'no',
          });
          write(': hello\n\n');

          function write(text: string): void {
            if (response.writableEnded) return;
            if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
            else response.write(text);
          }
        },
      };
    },
  });
}
