import { buildEndSessionUrl, type Configuration } from 'openid-client';
import type { OidcConfig } from './oidc-config.ts';

/**
 * Where to send a browser so that it is signed out at the provider too (OpenID Connect RP-Initiated Logout 1.0). Null when
 * the provider has no such place, can't be asked, or the settings say no: signing out here never depends on it.
 */
export function createProviderSignOut(
  config: OidcConfig,
  getClient: () => Promise<Configuration>,
  publicUrl: string,
): (idToken: string | null) => Promise<string | null> {
  return async (idToken) => {
    if (!config.provider_sign_out) return null;
    try {
      const client = await getClient();
      if (client.serverMetadata().end_session_endpoint === undefined) return null;
      return buildEndSessionUrl(client, {
        post_logout_redirect_uri: `${publicUrl}/sign-in`,
        ...(idToken === null ? {} : { id_token_hint: idToken }),
      }).href;
    } catch {
      return null;
    }
  };
}
