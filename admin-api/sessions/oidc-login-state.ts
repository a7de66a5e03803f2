import type { Request, Response } from 'express';
import { z } from 'zod';
import type { BrowserCookies } from './browser-cookies.ts';
import { returnToSchema } from './return-to.ts';

/** A person may have to find their phone. */
const LOGIN_LIFETIME_MS = 10 * 60_000;

const loginStateSchema = z.strictObject({
  state: z.string().min(20),
  nonce: z.string().min(20),
  code_verifier: z.string().min(43),
  return_to: returnToSchema,
});

/** What ties an answer of the provider to this browser and this attempt. */
export type LoginState = z.infer<typeof loginStateSchema>;

/**
 * Kept in a cookie of its own per attempt, so that two tabs may sign in at once and an unauthenticated GET writes no
 * row. It holds nothing the browser's owner may not see: without the cookie a stolen code or answer is of no use.
 */
export function rememberLogin(cookies: BrowserCookies, response: Response, login: LoginState): void {
  const value = Buffer.from(JSON.stringify(login)).toString('base64url');
  cookies.set(response, cookieFor(login.state), value, LOGIN_LIFETIME_MS);
}

/** Takes the attempt that `state` names, once: its cookie is removed. Null when this browser made no such attempt. */
export function takeLogin(
  cookies: BrowserCookies,
  request: Request,
  response: Response,
  state: string,
): LoginState | null {
  const name = cookieFor(state);
  const value = cookies.read(request, name);
  if (value === null) return null;
  cookies.clear(response, name);
  try {
    const parsed = loginStateSchema.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString('utf8')));
    return parsed.success && parsed.data.state === state ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Enough of the state to tell attempts apart; the whole of it is compared afterwards. */
function cookieFor(state: string): string {
  return `hallpass_login_${state.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 16)}`;
}
