import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../support/free-port.ts';
import { startProgram } from '../start-program.ts';
import type { StopList } from '../stop-list.ts';

/** Caddy with `forward_auth`, to the upstream under /connections/c0. Its request to OPA carries headers and no body. */
export async function startCaddy(
  { upstream, opa, directory }: { readonly upstream: string; readonly opa: string; readonly directory: string },
  stops: StopList,
): Promise<{ pid: number; url: string }> {
  const port = await findFreePort();
  const home = join(directory, 'caddy');
  await mkdir(home);
  const file = join(home, 'Caddyfile');
  await writeFile(
    file,
    `{
	admin off
	auto_https off
	log {
		level ERROR
	}
}
:${port} {
	bind 127.0.0.1
	route /connections/c0/* {
		forward_auth ${opa} {
			uri /health
			${TRANSPORT}
		}
		uri strip_prefix /connections/c0
		reverse_proxy ${upstream} {
			${TRANSPORT}
		}
	}
}
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const env = { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
  const args = ['run', '--config', file, '--adapter', 'caddyfile'];
  return { pid: await startProgram({ command: 'caddy', args, env, readyUrl: url }, stops), url };
}

/** By default it keeps 32 idle connections, and would open new ones all the time with more clients than that. */
const TRANSPORT = 'transport http {\n\t\t\t\tkeepalive_idle_conns_per_host 256\n\t\t\t}';
