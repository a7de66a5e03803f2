import { talk, type Delivery, type WireTalk } from '../support/wire-client.ts';
import type { WireUpstream } from '../support/wire-upstream.ts';

/** The resource that the person of these tests may reach. */
export const OPEN = '/connections/aws-staging';
/** The one they may not. */
export const CLOSED = '/connections/aws-production';

/**
 * What has to become of it. `refused`: not one byte of it reaches the upstream. `broken off`: the upstream never has it whole,
 * and sees its connection close. Else the requests that the upstream gets, `METHOD target` and body by turns.
 */
export type Outcome = 'refused' | 'broken off' | readonly (readonly [request: string, body: string])[];

export interface WireVector {
  readonly name: string;
  /** As latin-1; see `fillIn`. */
  readonly bytes: string;
  readonly outcome: Outcome;
}

/** What an attacker puts behind their message, so that it becomes a request of its own wherever the message is taken to be over. */
export const SMUGGLED = `GET ${OPEN}/smuggled HTTP/1.1\r\n★\r\n`;

export function refused(name: string, bytes: string): WireVector {
  return { name, bytes, outcome: 'refused' };
}

export function brokenOff(name: string, bytes: string): WireVector {
  return { name, bytes, outcome: 'broken off' };
}

export function passes(name: string, bytes: string, ...requests: readonly (readonly [string, string])[]): WireVector {
  return { name, bytes, outcome: requests };
}

/** A POST with these header lines (each with its line end) and this body. */
export function post(headers: string, body = 'hello'): string {
  return `POST ${OPEN}/x HTTP/1.1\r\n★${headers}\r\n${body}`;
}

export function chunked(body: string): string {
  return post('Transfer-Encoding: chunked\r\n', body);
}

/** No latin-1, so no byte of any vector: `★` becomes a Host header and the person's credentials, `☆` these alone. */
export function fillIn(bytes: string, credentials: string): string {
  return bytes.replaceAll('★', `Host: x\r\n${credentials}`).replaceAll('☆', credentials);
}

/** `\x00` and the like, for the names of tests. */
export function visible(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Sends the vector, and a harmless request of somebody else after it over whatever connections are left. */
export async function runVector(
  vector: WireVector,
  sidecar: { readonly port: number; readonly upstream: WireUpstream; readonly credentials: string },
  delivery: Delivery,
): Promise<WireTalk> {
  const { port, upstream, credentials } = sidecar;
  const fill = (bytes: string) => fillIn(bytes, credentials);
  const { outcome } = vector;
  upstream.forget();
  const passing = typeof outcome !== 'string';
  const answer = await talk(port, fill(passing ? vector.bytes : vector.bytes + SMUGGLED), {
    delivery,
    ...(passing ? { answers: outcome.length } : {}),
    timeoutMs: outcome === 'broken off' ? 400 : 15_000,
  });
  const problems: string[] = [];
  if (answer.problem !== null) problems.push(`the answer: ${answer.problem}`);
  if (outcome === 'refused') {
    if (!answer.isClosed) problems.push('the connection of what was refused goes on');
    if (upstream.bytes > 0) problems.push(`the upstream got ${upstream.bytes} bytes`);
    if (answer.statuses.length > 1 || answer.statuses.some((status) => status < 400)) {
      problems.push(`answered ${answer.statuses.join()}`);
    }
  }
  const probe = await talk(port, fill(`GET ${OPEN}/probe HTTP/1.1\r\n★\r\n`), { answers: 1 });
  if (probe.answers[0]?.body !== 'GET /probe HTTP/1.1') problems.push(`the next client got ${visible(probe.text)}`);
  problems.push(...upstream.problems.map((problem) => `the upstream: ${problem}`));
  if (outcome === 'broken off' && upstream.unfinished > 0) problems.push('the upstream still waits for the rest');
  const wanted = [...(passing ? outcome : []), ['GET /probe', ''] as const];
  const seen = upstream.requests.map(({ start, body }) => [start.replace(/ HTTP\/1\.1$/, ''), body] as const);
  const text = (list: readonly (readonly [string, string])[]) =>
    list
      .map((each) => visible(each.join(' ')))
      .toSorted()
      .join(' | ');
  if (text(seen) !== text(wanted)) problems.push(`the upstream saw ${text(seen)}`);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return answer;
}
