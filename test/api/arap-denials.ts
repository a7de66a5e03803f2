import { newId } from '../../core/access/ids.ts';
import { bindingHash } from '../../core/authzen/binding-hash.ts';
import { denialTokenExpiry, signDenialToken, type DenialClaims } from '../../core/decision/denial-token.ts';
import type { TestAdminApi } from '../support/admin-api.ts';
import { openFeed, type FeedReader } from '../support/feed-reader.ts';

export const PROXY = 'http://proxy.test';
export const PRODUCTION = { type: 'connection', id: 'aws-production' } as const;
export const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');
export const URN = 'urn:openid:authzen:access-request:error:';
export const REQUESTS = '/access/v1/requests';

export interface Denial {
  readonly binding_token: string;
  readonly evaluation_id: string;
  readonly expires_at: string;
  readonly reason: string;
}

/** A sidecar that the control plane knows, as far as it denies. */
export interface DenyingSidecar {
  readonly feed: FeedReader;
  /** What it says to a refused question. @param atMs when it was refused */
  deny(person: string, claims?: Partial<DenialClaims>, atMs?: number): Promise<Denial>;
  close(): void;
}

export async function openDenyingSidecar(api: TestAdminApi, publicUrl = PROXY): Promise<DenyingSidecar> {
  const feed = await openFeed(api.url, await api.feedToken(), { publicUrl });
  return {
    feed,
    close: () => feed.close(),
    async deny(person, claims = {}, atMs = Date.now()) {
      const evaluationId = newId('evaluation');
      const token = await signDenialToken(
        {
          subject: { type: 'user', id: api.idOf(person) },
          resource: PRODUCTION,
          action: { name: 'read' },
          evaluation_id: evaluationId,
          reason: 'no-grant',
          return_to: null,
          ...claims,
        },
        feed.key,
        { issuer: publicUrl, audience: api.config.publicUrl },
        atMs,
      );
      return {
        binding_token: token,
        evaluation_id: evaluationId,
        expires_at: denialTokenExpiry(atMs),
        reason: 'no-grant',
      };
    },
  };
}

export function submission(denial: object, more: object = {}) {
  return {
    subject: { type: 'user', id: 'member@example.com' },
    resource: PRODUCTION,
    action: { name: 'read' },
    context: { business_justification: 'INC-9' },
    denial,
    ...more,
  };
}

/** The claim of a denial that an app was given for what it wrote. */
export function boundTo(asked: Parameters<typeof bindingHash>[0]): Pick<DenialClaims, 'binding_hash'> {
  return { binding_hash: bindingHash(asked) };
}
