import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { KeyPlace } from './remote-keys.ts';

export interface ClusterApiOptions {
  /** Of the Kubernetes API server. */
  readonly apiUrl: string;
  /** PEM; where every pod has it: `/var/run/secrets/kubernetes.io/serviceaccount/ca.crt`. */
  readonly caFile: string;
  /** The pod's own service account token, beside it. Both are rotated under the running pod, so they are read at each use. */
  readonly tokenFile: string;
}

/** `authentication.k8s.io/v1` TokenReview, what is read of its status. */
const reviewSchema = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    user: z.object({ username: z.string().default('') }).default({ username: '' }),
    audiences: z.array(z.string()).nullable().default([]),
  }),
});

export interface Review {
  readonly authenticated: boolean;
  /** `system:serviceaccount:<namespace>:<name>`. */
  readonly username: string;
  /** Those of the asked ones that the token is for; empty from a server that knows nothing of audiences. */
  readonly audiences: readonly string[];
}

/** The few calls of the Kubernetes API that are needed here, with the pod's own credentials. */
export class ClusterApi {
  readonly #options: ClusterApiOptions;

  constructor(options: ClusterApiOptions) {
    this.#options = options;
  }

  /**
   * The service account issuer's keys, as its discovery serves them (`ServiceAccountIssuerDiscovery`; the role
   * `system:service-account-issuer-discovery` may read them). Not by the `jwks_uri` of its metadata, which may lead out of the cluster.
   * @throws what reading the files throws
   */
  async keyPlace(): Promise<KeyPlace> {
    return this.#place('/openid/v1/jwks');
  }

  /**
   * Asks whether a token still stands; it does not when its pod or account is gone. Needs the role `system:auth-delegator`.
   * @throws when there is no answer to go by
   */
  async review(token: string, audiences: readonly string[], timeoutMs: number): Promise<Review> {
    const { url, ca, headers } = await this.#place('/apis/authentication.k8s.io/v1/tokenreviews');
    const agent = new Agent({
      connect: { timeout: timeoutMs, ...(ca === null ? {} : { ca }) },
      maxResponseSize: 1_048_576,
    });
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenReview',
          spec: { token, audiences },
        }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.statusCode !== 200 && answer.statusCode !== 201) {
        await answer.body.dump();
        throw new Error(`the TokenReview answered ${answer.statusCode}`);
      }
      const { status } = reviewSchema.parse(await answer.body.json());
      return {
        authenticated: status.authenticated,
        username: status.user.username,
        audiences: status.audiences ?? [],
      };
    } finally {
      await agent.destroy();
    }
  }

  async #place(path: string): Promise<KeyPlace> {
    const { apiUrl, caFile, tokenFile } = this.#options;
    const [ca, token] = await Promise.all([
      apiUrl.startsWith('https:') ? readFile(caFile, 'utf8') : null,
      readFile(tokenFile, 'utf8'),
    ]);
    return { url: `${apiUrl}${path}`, ca, headers: { authorization: `Bearer ${token.trim()}` } };
  }
}
