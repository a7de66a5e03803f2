import {
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
  type Configuration,
} from 'openid-client';
import { AccessError } from '../../core/access/errors.ts';
import type { Role } from '../../core/access/role.ts';
import { HttpProblem } from '../http/problem.ts';
import { hasMappedClaims, mapClaims, type Claims, type MappedClaims } from './map-claims.ts';
import type { OidcConfig } from './oidc-config.ts';
import type { LoginState } from './oidc-login-state.ts';
import type { SignInPeople, SignInPerson } from './sign-in-people.ts';

const MAX_NAME_CHARS = 200;

/** What the provider vouches for. */
export interface OidcIdentity {
  readonly sub: string;
  /** Null unless the provider says that it has verified the address. */
  readonly verified_email: string | null;
  /** Null when the provider does not name the person. */
  readonly name: string | null;
  readonly mapped: MappedClaims;
  /** What the provider calls its own session; null when it does not say. */
  readonly sid: string | null;
  /** As it came, for signing out at the provider. */
  readonly id_token: string | null;
}

/** The address to send the browser to, and what has to be remembered until it comes back. */
export async function beginSignIn(
  client: Configuration,
  options: { readonly redirect_uri: string; readonly scope: string; readonly return_to: string },
): Promise<{ url: string; login: LoginState }> {
  const login: LoginState = {
    state: randomState(),
    nonce: randomNonce(),
    code_verifier: randomPKCECodeVerifier(),
    return_to: options.return_to,
  };
  const url = buildAuthorizationUrl(client, {
    response_type: 'code',
    redirect_uri: options.redirect_uri,
    scope: options.scope,
    state: login.state,
    nonce: login.nonce,
    code_challenge: await calculatePKCECodeChallenge(login.code_verifier),
    code_challenge_method: 'S256',
  });
  return { url: url.href, login };
}

/**
 * Redeems the code the browser brought back: state, issuer, PKCE, nonce, audience, times and signature are checked.
 * @param callbackUrl the public callback address with the query as it came
 * @throws HttpProblem `sign-in-refused`, `sign-in-failed`, `identity-provider-unavailable`
 */
export async function finishSignIn(
  client: Configuration,
  callbackUrl: URL,
  login: LoginState,
  config: OidcConfig,
): Promise<OidcIdentity> {
  try {
    const tokens = await authorizationCodeGrant(client, callbackUrl, {
      expectedState: login.state,
      expectedNonce: login.nonce,
      pkceCodeVerifier: login.code_verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw failed();
    const isWhole = claims['email'] !== undefined && hasMappedClaims(claims, config);
    const more: Claims =
      isWhole || client.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await fetchUserInfo(client, tokens.access_token, claims.sub);
    // What is signed counts; an address and whether it is verified belong together.
    const all: Claims = { ...more, ...claims };
    return {
      sub: claims.sub,
      verified_email: verifiedEmail(claims['email'] === undefined ? more : claims),
      name: textOf(all['name']),
      mapped: mapClaims(all, config),
      sid: textOf(claims['sid']),
      id_token: tokens.id_token ?? null,
    };
  } catch (error) {
    throw asProblem(error);
  }
}

/**
 * The person an identity belongs to. Once linked, only `sub` counts: an address may pass to somebody else. A first
 * sign-in links by verified address, once.
 * @param newRole of somebody nobody has added; null: they are refused
 * @throws HttpProblem `unknown-person`
 */
export async function matchPerson(
  people: SignInPeople,
  identity: OidcIdentity,
  newRole: Role | null = null,
): Promise<SignInPerson> {
  const known = await people.findBySub(identity.sub);
  if (known !== null) return known;
  if (identity.verified_email === null) {
    throw new HttpProblem(
      'unknown-person',
      'Nobody here is linked to this identity, and the identity provider did not confirm an e-mail address to find you by.',
    );
  }
  const person = await people.findByEmail(identity.verified_email);
  if (person === null) {
    if (newRole !== null) return addNewcomer(people, identity, identity.verified_email, newRole);
    throw new HttpProblem('unknown-person', 'Nobody with this e-mail address is known here. Ask an Admin to add you.');
  }
  if (person.sub !== null) throw linkedElsewhere();
  if (person.disabled_at === null) {
    try {
      await people.linkSub(person.id, identity.sub);
    } catch (error) {
      throw error instanceof AccessError ? linkedElsewhere() : error;
    }
  }
  return person;
}

async function addNewcomer(
  people: SignInPeople,
  identity: OidcIdentity,
  email: string,
  role: Role,
): Promise<SignInPerson> {
  const name = (identity.name ?? email).slice(0, MAX_NAME_CHARS);
  try {
    return await people.add({ sub: identity.sub, email, name, role });
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    // Two tabs at once: the other one was quicker.
    const added = await people.findBySub(identity.sub);
    if (added === null) throw linkedElsewhere();
    return added;
  }
}

function linkedElsewhere(): HttpProblem {
  return new HttpProblem(
    'unknown-person',
    'The person with this e-mail address is linked to another identity. Ask an Admin to look into it.',
  );
}

function verifiedEmail(claims: Claims): string | null {
  return claims['email_verified'] === true ? textOf(claims['email']) : null;
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim.trim() !== '' ? claim : null;
}

/** What the provider or the library said stays in the log; it may repeat parameters of the request. */
function asProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof AuthorizationResponseError) {
    return new HttpProblem(
      'sign-in-refused',
      'The identity provider did not sign you in. Try again, or ask who runs it.',
      {
        cause: error,
      },
    );
  }
  if (error instanceof ResponseBodyError && error.status < 500) return failed(error);
  if (error instanceof ClientError && !isOutage(error)) return failed(error);
  return new HttpProblem('identity-provider-unavailable', 'The identity provider can not be reached. Try again soon.', {
    headers: { 'retry-after': '5' },
    cause: error,
  });
}

/** The library gives a code to whatever is wrong with an answer, and none to what kept an answer from coming. */
function isOutage(error: ClientError): boolean {
  if (error.code === undefined || error.code === 'OAUTH_TIMEOUT') return true;
  return error.cause instanceof Response && error.cause.status >= 500;
}

function failed(cause?: unknown): HttpProblem {
  return new HttpProblem(
    'sign-in-failed',
    'The answer of the identity provider could not be accepted. Sign in again.',
    {
      cause,
    },
  );
}
