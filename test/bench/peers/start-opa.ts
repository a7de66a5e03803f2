import { join } from 'node:path';
import { findOpa } from '../../../policies/find-opa.ts';
import { findFreePort } from '../../support/free-port.ts';
import { startProgram } from '../start-program.ts';
import type { StopList } from '../stop-list.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const HERE = import.meta.dirname;
/** As many as the sidecar keeps. */
const VERIFIED_TOKENS = 10_000;

/**
 * OPA as a server with the policy of this repository, the facts as data, and what makes it answer a proxy.
 * @param guard `body`: asked by `POST /`; `headers`: its own API is guarded, asked by `GET /health`
 */
export async function startOpa(
  guard: 'body' | 'headers',
  dataFile: string,
  stops: StopList,
): Promise<{ pid: number; address: string }> {
  const command = await findOpa(process.env, (line) => console.error(line));
  const address = `127.0.0.1:${await findFreePort()}`;
  const policies = join(REPOSITORY, 'policies');
  const guarded = guard === 'headers' ? ['--authentication=token', '--authorization=basic'] : [];
  const verifiedTokens = `caching.inter_query_builtin_value_cache.named.io_jwt.max_num_entries=${VERIFIED_TOKENS}`;
  const args = ['run', '--server', '--addr', address, '--log-level', 'error', '--skip-version-check', ...guarded];
  // What its documentation advises for many facts and few changes.
  args.push('--optimize-store-for-read-speed', '--set', verifiedTokens, '--ignore', '*_test.rego');
  args.push(join(policies, 'authz'), join(policies, 'lib'), join(policies, 'data.json'));
  args.push(join(HERE, 'ask.rego'), join(HERE, guard === 'body' ? 'main.rego' : 'authz.rego'), dataFile);
  return { pid: await startProgram({ command, args, readyUrl: `http://${address}/health` }, stops), address };
}
