import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../support/free-port.ts';
import { startProgram } from '../start-program.ts';
import type { StopList } from '../stop-list.ts';

/**
 * nginx with a worker a core, to the upstream under /connections/c0.
 * @param opa address of the OPA server that each request is put to first; null: none is
 */
export async function startNginx(
  { upstream, opa, directory }: { readonly upstream: string; readonly opa: string | null; readonly directory: string },
  stops: StopList,
): Promise<{ pid: number; url: string }> {
  const port = await findFreePort();
  const prefix = join(directory, `nginx-${port}`);
  await mkdir(prefix);
  const file = join(prefix, 'nginx.conf');
  await writeFile(file, configuration(port, upstream, opa));
  const url = `http://127.0.0.1:${port}`;
  const args = ['-p', prefix, '-c', file, '-e', 'stderr'];
  return { pid: await startProgram({ command: 'nginx', args, readyUrl: url }, stops), url };
}

function configuration(port: number, upstream: string, opa: string | null): string {
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes auto;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_max_body_size 16m;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${kind};`).join(' ')}
  keepalive_requests 100000000;
  # What may stand in the JSON below as it is; anything else is asked for as nobody and nothing.
  map $http_authorization $bearer { "~^Bearer ([A-Za-z0-9._-]+)$" $1; }
  map $request_uri $target { "~^([A-Za-z0-9/._~?&=+-]+)$" $1; }
  upstream things { server ${upstream}; keepalive 256; keepalive_requests 100000000; }
  ${opa === null ? '' : `upstream opa { server ${opa}; keepalive 256; keepalive_requests 100000000; }`}
  server {
    listen 127.0.0.1:${port};
    location /connections/c0/ {
      ${opa === null ? '' : 'auth_request /ask;'}
      proxy_pass http://things/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_request_buffering off;
    }
    ${opa === null ? '' : ASK}
  }
}
`;
}

/** OPA says 404 where nothing allows it, and nginx takes 401 and 403 alone for a refusal. */
const ASK = `
    location = /ask {
      internal;
      proxy_pass http://opa/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_method POST;
      proxy_pass_request_headers off;
      proxy_pass_request_body off;
      proxy_set_header Content-Type application/json;
      proxy_set_body '{"token":"$bearer","method":"$request_method","target":"$target"}';
      proxy_intercept_errors on;
      error_page 404 @refused;
    }
    location @refused { return 403; }
`;
