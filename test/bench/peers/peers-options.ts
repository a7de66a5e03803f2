import { parseArgs } from 'node:util';
import type { BodyKind } from './compare-peers.ts';
import type { PeerName } from './peer.ts';

export interface PeersOptions {
  readonly grants: readonly number[];
  readonly connections: readonly number[];
  readonly bodies: readonly BodyKind[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  readonly seconds: number;
}

const NAMES: Readonly<Record<string, PeerName>> = {
  direct: 'direct',
  middleware: 'express + http-proxy-middleware',
  undici: 'undici',
  nginx: 'nginx',
  'nginx-opa': 'nginx auth_request -> OPA',
  'caddy-opa': 'caddy forward_auth -> OPA',
  hallpass: 'hallpass',
  'hallpass-unremembered': 'hallpass, no answer remembered',
};
const BODIES: readonly BodyKind[] = ['small', 'download', 'upload'];

/** @throws Error in one line for an option that is not understood */
export function readPeersOptions(args: readonly string[]): PeersOptions {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      grants: text('100,10000,100000'),
      connections: text('1,32,256'),
      bodies: text(BODIES.join(',')),
      peers: text(Object.keys(NAMES).join(',')),
      rounds: text('3'),
      seconds: text('2'),
    },
  });
  const bodies = oneOf('bodies', values.bodies, Object.fromEntries(BODIES.map((kind) => [kind, kind])));
  return {
    grants: numbers('grants', values.grants).toSorted((a, b) => a - b),
    connections: numbers('connections', values.connections),
    bodies,
    peers: oneOf('peers', values.peers, NAMES),
    rounds: numbers('rounds', values.rounds)[0]!,
    seconds: numbers('seconds', values.seconds)[0]!,
  };
}

function numbers(name: string, value: string): number[] {
  return value.split(',').map((one) => {
    if (!/^[1-9]\d{0,8}$/.test(one)) throw new Error(`--${name} takes whole numbers such as 1,32; got ${value}.`);
    return Number(one);
  });
}

function oneOf<T>(name: string, value: string, known: Readonly<Record<string, T>>): T[] {
  return value.split(',').map((one) => {
    if (!Object.hasOwn(known, one)) throw new Error(`--${name} takes ${Object.keys(known).join(', ')}; got ${one}.`);
    return known[one]!;
  });
}
