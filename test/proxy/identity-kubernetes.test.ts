import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authority } from '../support/certificate-maker.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Cluster, CLUSTER_ISSUER } from './support/cluster.ts';
import { grant, person, TEST_FACTS } from './support/facts.ts';
import { AUDIENCE } from './support/identity-provider.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const PATH = '/connections/aws-production/echo';
const SUB = 'system:serviceaccount:billing:api';
const ALLOWED = { status: 200, reason: 'allowed' };
const INVALID = { status: 401, reason: 'identity-invalid' };
const UNAVAILABLE = { status: 503, reason: 'identity-unavailable' };

describe('Kubernetes service account tokens', () => {
  let cluster: Cluster;
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  let sidecar: TestSidecar;
  beforeEach(async () => {
    cluster = new Cluster();
    directory = await makeTemporaryDirectory('k8s');
    await cluster.start();
    await writeFile(path('ca.crt'), cluster.authority.certificate);
    await writeFile(path('token'), `${cluster.podToken}\n`);
  });
  afterEach(async () => {
    await sidecar?.stop();
    await cluster.stop();
    await directory.remove();
  });

  const path = (name: string) => join(directory.path, name);
  const start = async (more: object = {}) => {
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        person('api', 'member', { sub: SUB }),
        grant('grt_1', 'api', 'connection:aws-production'),
        grant('grt_2', 'member', 'connection:aws-production'),
      ],
      identity: (idp) => ({
        jwt: { jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE },
        kubernetes: {
          issuer: CLUSTER_ISSUER,
          audience: 'hallpass',
          api_url: cluster.url,
          ca_file: path('ca.crt'),
          token_file: path('token'),
          ...more,
        },
      }),
    });
  };
  const answerTo = async (token: string) => {
    const answer = await fetch(sidecar.url + PATH, { headers: { authorization: `Bearer ${token}` } });
    const { reason = 'allowed' } = (await answer.json()) as { reason?: string };
    return { status: answer.status, reason };
  };

  it("are verified by the cluster's keys, fetched with the pod's own authority and token", async () => {
    await start();
    expect(await answerTo(await cluster.tokenOf('billing', 'api'))).toEqual(ALLOWED);
    expect(sidecar.upstream.last.headers['x-hallpass-subject']).toBe('per_api');
    expect(await answerTo(await cluster.tokenOf('billing', 'other'))).toEqual({
      status: 403,
      reason: 'subject-unknown',
    });
    expect([cluster.keyFetches, cluster.reviews.length]).toEqual([1, 0]);
    // Beside other issuers.
    expect(await answerTo(await sidecar.tokenOf('member'))).toEqual(ALLOWED);
  });

  it('are refused for another audience, and when they are not those of an account', async () => {
    await start();
    const wrong: [string, Record<string, unknown>][] = [
      ['for the API server', { aud: [CLUSTER_ISSUER] }],
      ['for nobody', { aud: undefined }],
      ['without an end', { exp: undefined }],
      ['of a user', { sub: 'system:admin' }],
      ['of a node', { sub: 'system:node:node-1' }],
      ['of an account that it is not bound to', { sub: 'system:serviceaccount:billing:admin' }],
      ['of a namespace that it is not bound to', { sub: 'system:serviceaccount:kube-system:api' }],
      ['bound to nothing', { 'kubernetes.io': undefined }],
      ['bound to null', { 'kubernetes.io': null }],
      ['with one part too many', { sub: `${SUB}:x` }],
      ['with a part that is no name', { sub: 'system:serviceaccount:billing:API' }],
      ['with an empty part', { sub: 'system:serviceaccount:billing:' }],
    ];
    for (const [name, claims] of wrong) {
      expect([name, await answerTo(await cluster.tokenOf('billing', 'api', { claims }))]).toEqual([name, INVALID]);
    }
    expect(await answerTo(await sidecar.idp.sign(SUB))).toEqual(INVALID);
    expect(await answerTo(await sidecar.idp.sign(SUB, { claims: { iss: CLUSTER_ISSUER } }))).toEqual(INVALID);
  });

  it("are not had from a server that the pod's authority has not issued, nor without a token, until they are", async () => {
    await writeFile(path('ca.crt'), authority('kubernetes').certificate);
    await start();
    const token = await cluster.tokenOf('billing', 'api');
    expect(await answerTo(token)).toEqual(UNAVAILABLE);
    expect(cluster.keyFetches).toBe(0);
    await writeFile(path('ca.crt'), cluster.authority.certificate);
    // Rotated under the running pod.
    cluster.podToken = 'the-next-token';
    expect(await answerTo(token)).toEqual(UNAVAILABLE);
    await writeFile(path('token'), 'the-next-token');
    expect(await answerTo(token)).toEqual(ALLOWED);
  });

  it('end with their pod where TokenReview is asked, within the time an answer is believed', async () => {
    await start({ token_review: { cache_ms: 300 } });
    const token = await cluster.tokenOf('billing', 'api', { pod: 'pod-9' });
    const many = await Promise.all(Array.from({ length: 20 }, () => answerTo(token)));
    expect(many).toEqual(many.map(() => ALLOWED));
    expect(cluster.reviews).toEqual([{ token, audiences: ['hallpass'] }]);
    cluster.deletedPods.add('pod-9');
    const deletedAt = Date.now();
    await waitUntil('the end', async () => (await answerTo(token)).status === 401);
    expect(Date.now() - deletedAt).toBeLessThan(3_000);
    expect(await answerTo(token)).toEqual(INVALID);
  });

  it('are not taken while TokenReview can not be asked, or says another thing', async () => {
    await start({ token_review: { cache_ms: 1 } });
    cluster.failWith = 403;
    expect(await answerTo(await cluster.tokenOf('billing', 'api'))).toEqual(UNAVAILABLE);
    cluster.failWith = 500;
    expect(await answerTo(await cluster.tokenOf('billing', 'api'))).toEqual(UNAVAILABLE);
    cluster.failWith = null;
    cluster.isUnaware = true;
    expect(await answerTo(await cluster.tokenOf('billing', 'api'))).toEqual(INVALID);
    cluster.isUnaware = false;
    cluster.callsThem = 'system:serviceaccount:billing:admin';
    expect(await answerTo(await cluster.tokenOf('billing', 'api'))).toEqual(INVALID);
    cluster.callsThem = null;
    expect(await answerTo(await cluster.tokenOf('billing', 'api'))).toEqual(ALLOWED);
  });

  it('that nobody signed never reach the cluster', async () => {
    await start({ token_review: {} });
    const [head, body] = (await cluster.tokenOf('billing', 'api')).split('.') as [string, string];
    for (let index = 0; index < 20; index += 1) {
      expect(await answerTo(`${head}.${body}.${Buffer.from(`signature ${index}`).toString('base64url')}`)).toEqual(
        INVALID,
      );
    }
    expect(cluster.reviews).toEqual([]);
  });
});
