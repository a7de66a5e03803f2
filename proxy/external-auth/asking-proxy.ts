import { sameSecret } from '../identity/same-secret.ts';

/** What an asking proxy proves itself with, as a header over HTTP and as metadata over gRPC. */
export const TOKEN_HEADER = 'hallpass-external-auth-token';

/** @param token null: who may ask was settled before, by a client certificate or because nobody else can reach the port */
export function mayAsk(given: readonly string[], token: string | null): boolean {
  if (token === null) return true;
  const [only] = given;
  return only !== undefined && given.length === 1 && sameSecret(only, token);
}
