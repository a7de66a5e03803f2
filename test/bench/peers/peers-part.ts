import type { BenchPart } from '../bench-part.ts';
import { measurePeers } from './measure-peers.ts';
import { readPeersOptions } from './peers-options.ts';
import { peersTables } from './peers-tables.ts';

export const peersPart: BenchPart = {
  name: 'peers',
  measure: (tell, args) => measurePeers(readPeersOptions(args), tell),
  tables: peersTables,
};
