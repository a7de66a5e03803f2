import type { Router } from 'express';
import type { SignInOptions } from './sessions/auth-routes.ts';
import type { SignInParts } from './sessions/sign-in.ts';

/** What a root may add: ways to sign in that exist in the quickstart only. */
export interface AppExtras {
  readonly routes: (signIn: SignInParts) => Router;
  readonly signInOptions: () => Promise<SignInOptions>;
  /** Cookies those routes set, to be cleared at sign-out. */
  readonly cookies: readonly string[];
}
