import type { IncomingMessage } from 'node:http';
import { AskedHeaders } from './asked-headers.ts';
import type { CheckReading } from './check.ts';
import { upgradeTo } from './read-nginx.ts';

const CONTROL: ReadonlySet<string> = new Set([
  'x-forwarded-method',
  'x-forwarded-uri',
  'x-forwarded-host',
  'x-forwarded-for',
  'x-forwarded-proto',
]);

/**
 * Traefik ForwardAuth and Caddy `forward_auth`: a GET with the client's headers, and with X-Forwarded-Method, -Uri,
 * -Host and -For, which they set themselves. No other header says anything about the path: not X-Forwarded-Prefix,
 * not X-Replaced-Path, not X-Forwarded-Port, all of which have come from clients (Traefik CVE-2026-35051,
 * CVE-2026-54764).
 */
export function readForwarded(request: IncomingMessage, from: 'traefik' | 'caddy'): CheckReading {
  const asked = new AskedHeaders(request, CONTROL);
  const { upgrade = '' } = request.headers;
  const check = {
    method: asked.method('x-forwarded-method'),
    target: asked.one('x-forwarded-uri'),
    host: asked.one('x-forwarded-host'),
    sourceIp: asked.address('x-forwarded-for'),
    // Traefik takes Upgrade away before it asks, and upgrades all the same.
    upgrade: from === 'traefik' && speaksOfWebSockets(request) ? ('unknown' as const) : upgradeTo(upgrade, asked),
    ...asked.ofClient(),
  };
  return asked.refused === null ? { ok: true, check } : { ok: false, refused: asked.refused };
}

function speaksOfWebSockets({ headers }: IncomingMessage): boolean {
  return headers['sec-websocket-key'] !== undefined || headers['sec-websocket-version'] !== undefined;
}
