import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';
import { closeServer, listen } from '../../../core/process/ops-server.ts';
import { authority, issueCertificate } from '../../support/certificate-maker.ts';

export const CLUSTER_ISSUER = 'https://kubernetes.default.svc.cluster.local';
const API_AUDIENCE = CLUSTER_ISSUER;

/**
 * The parts of a Kubernetes API server that the sidecar calls, over HTTPS, by their published contract:
 * - `GET /openid/v1/jwks` (Service Account Issuer Discovery, kubernetes.io/docs/tasks/configure-pod-container/configure-service-account);
 * - `POST /apis/authentication.k8s.io/v1/tokenreviews` (kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1);
 * - bound tokens as TokenRequest issues them (the same page: `kubernetes.io` claims with namespace, pod and account).
 * No kube-apiserver runs in these tests.
 */
export class Cluster {
  readonly #server: Server;
  readonly authority = authority('kubernetes');
  #port = 0;
  #privateKey!: CryptoKey;
  #publicJwk!: JWK;
  /** What the pod of the sidecar has in its token file. */
  podToken = 'token-of-the-sidecars-pod';
  /** UIDs of pods that are gone. */
  readonly deletedPods = new Set<string>();
  readonly reviews: { token: string; audiences: string[] }[] = [];
  keyFetches = 0;
  /** Set: every TokenReview answers with this status. */
  failWith: number | null = null;
  /** Set: TokenReviews say nothing of audiences, as an authenticator that knows none. */
  isUnaware = false;
  /** Set: the name that TokenReviews answer. */
  callsThem: string | null = null;

  constructor() {
    const { certificate: cert, key } = issueCertificate({
      name: 'apiserver',
      issuer: this.authority,
      ips: ['127.0.0.1'],
    });
    this.#server = createServer({ cert, key }, (request, response) => void this.#serve(request, response));
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    this.#privateKey = privateKey;
    this.#publicJwk = { ...(await exportJWK(publicKey)), kid: 'cluster-key', alg: 'RS256', use: 'sig' };
    this.#port = await listen(this.#server, 0, '127.0.0.1');
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  /** A projected token, as `serviceAccountToken` volumes carry it. */
  tokenOf(
    namespace: string,
    name: string,
    changes: { readonly claims?: Record<string, unknown>; readonly pod?: string } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      aud: ['hallpass'],
      exp: now + 3_600,
      iat: now,
      nbf: now,
      iss: CLUSTER_ISSUER,
      jti: crypto.randomUUID(),
      sub: `system:serviceaccount:${namespace}:${name}`,
      'kubernetes.io': {
        namespace,
        node: { name: 'node-1', uid: '1' },
        pod: { name: `${name}-0`, uid: changes.pod ?? 'pod-1' },
        serviceaccount: { name, uid: '2' },
      },
      ...changes.claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'cluster-key' })
      .sign(this.#privateKey);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${this.podToken}`) {
      send(401, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 });
      return;
    }
    if (request.method === 'GET' && request.url === '/openid/v1/jwks') {
      this.keyFetches += 1;
      send(200, { keys: [this.#publicJwk] });
      return;
    }
    if (request.method !== 'POST' || request.url !== '/apis/authentication.k8s.io/v1/tokenreviews') {
      send(404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 });
      return;
    }
    if (this.failWith !== null) {
      send(this.failWith, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: this.failWith });
      return;
    }
    let text = '';
    for await (const chunk of request) text += String(chunk as Buffer);
    const review = JSON.parse(text) as {
      apiVersion: string;
      kind: string;
      spec: { token: string; audiences?: string[] };
    };
    if (review.apiVersion !== 'authentication.k8s.io/v1' || review.kind !== 'TokenReview') {
      send(400, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'BadRequest', code: 400 });
      return;
    }
    const audiences = review.spec.audiences ?? [API_AUDIENCE];
    this.reviews.push({ token: review.spec.token, audiences });
    send(201, {
      ...review,
      metadata: { creationTimestamp: null },
      status: await this.#statusOf(review.spec.token, audiences),
    });
  }

  async #statusOf(token: string, audiences: string[]): Promise<object> {
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [this.#publicJwk] }), {
        issuer: CLUSTER_ISSUER,
      });
      const { pod } = payload['kubernetes.io'] as { pod: { uid: string } };
      if (this.deletedPods.has(pod.uid))
        return { user: {}, error: '[invalid bearer token, service account token has been invalidated]' };
      const ofToken = new Set([payload.aud ?? []].flat());
      const common = audiences.filter((audience) => ofToken.has(audience));
      if (common.length === 0) return { user: {}, error: '[invalid bearer token, token audiences are not for it]' };
      return {
        authenticated: true,
        user: { username: this.callsThem ?? payload.sub, uid: '2', groups: ['system:serviceaccounts'] },
        ...(this.isUnaware ? {} : { audiences: common }),
      };
    } catch {
      return { user: {}, error: 'invalid bearer token' };
    }
  }
}
