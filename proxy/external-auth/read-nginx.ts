import type { IncomingMessage } from 'node:http';
import { AskedHeaders } from './asked-headers.ts';
import type { CheckReading } from './check.ts';

const CONTROL: ReadonlySet<string> = new Set([
  'x-original-method',
  'x-original-uri',
  'x-original-host',
  'x-original-address',
  'x-original-upgrade',
]);

/**
 * nginx `auth_request`: the subrequest is a GET with the client's headers, and says nothing by itself. What is asked
 * about stands in headers that nginx's configuration sets (docs/external-auth.md):
 *
 *   X-Original-Method $request_method, X-Original-URI $request_uri, X-Original-Host $host,
 *   X-Original-Address $remote_addr, X-Original-Upgrade "upgrade:$http_upgrade"
 */
export function readNginx(request: IncomingMessage): CheckReading {
  const asked = new AskedHeaders(request, CONTROL);
  const check = {
    method: asked.method('x-original-method'),
    target: asked.one('x-original-uri'),
    host: asked.one('x-original-host'),
    sourceIp: asked.address('x-original-address'),
    upgrade: readUpgrade(asked),
    ...asked.ofClient(),
  };
  return asked.refused === null ? { ok: true, check } : { ok: false, refused: asked.refused };
}

/**
 * `upgrade:` and the client's Upgrade header, which may be none; the word in front keeps the header from being left
 * out. Whatever else a client would upgrade to may be passed on by the asking proxy, so it is refused (h2c smuggling).
 */
export function readUpgrade(asked: AskedHeaders): 'none' | 'websocket' {
  const match = /^upgrade:(.*)$/i.exec(asked.one('x-original-upgrade'));
  if (match === null) asked.refuse('x-original-upgrade has to be upgrade: and the Upgrade header');
  return upgradeTo(match?.[1] ?? '', asked);
}

export function upgradeTo(protocol: string, asked: AskedHeaders): 'none' | 'websocket' {
  const wanted = protocol.trim().toLowerCase();
  if (wanted === '') return 'none';
  if (wanted !== 'websocket') asked.refuse('the only upgrade passed on is websocket');
  return 'websocket';
}
