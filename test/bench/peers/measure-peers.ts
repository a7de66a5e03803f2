import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import type { Measurement } from '../report.ts';
import { requireTools } from '../require-tools.ts';
import { withStops } from '../stop-list.ts';
import { checkAnswers } from './check-answers.ts';
import { comparePeers, warmUp } from './compare-peers.ts';
import type { PeersOptions } from './peers-options.ts';
import type { Peer, PeerName } from './peer.ts';
import { startPeers, type Field } from './start-peers.ts';

const AUTHORIZING: ReadonlySet<PeerName> = new Set([
  'nginx auth_request -> OPA',
  'caddy forward_auth -> OPA',
  'hallpass',
  'hallpass, no answer remembered',
]);

/**
 * What people would use instead, beside the sidecar: the same requests, upstream, people and grants. With the most grants
 * everybody and every kind of body; with fewer only those who look at grants, and small answers.
 */
export async function measurePeers(options: PeersOptions, tell: (measurement: Measurement) => void): Promise<void> {
  requireTools('wrk', 'nginx', 'caddy');
  const most = Math.max(...options.grants);
  for (const grants of options.grants) {
    const wanted = options.peers.filter((name) => grants === most || AUTHORIZING.has(name));
    const bodies = options.bodies.filter((kind) => grants === most || kind === 'small');
    if (wanted.length === 0 || bodies.length === 0) continue;
    await withStops(async (stops) => {
      const directory = await makeTemporaryDirectory('peers');
      stops.add(() => directory.remove());
      const field = await startPeers({ wanted: new Set(wanted), grants, directory: directory.path }, stops);
      const about = (peer: Peer | undefined): object => (peer?.authorizes === true ? { grants } : {});
      await checkAll(field, 'before', about, tell);
      for (const kind of bodies) {
        await warmUp(field, kind);
        for (const connections of options.connections) {
          const { rounds, seconds } = options;
          for (const one of await comparePeers(field, { bodies: kind, connections, rounds, seconds })) {
            tell({ ...one, ...about(field.peers.find(({ name }) => name === one['peer'])) });
          }
        }
      }
      await checkAll(field, 'after', about, tell);
    });
  }
}

async function checkAll(
  field: Field,
  when: string,
  about: (peer: Peer) => object,
  tell: (measurement: Measurement) => void,
): Promise<void> {
  for (const peer of field.peers) {
    tell({ bench: 'peers-answers', peer: peer.name, when, ...about(peer), ...(await checkAnswers(peer, field)) });
  }
}
