import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { OK, RawExchange } from './support/raw-exchange.ts';
import { RawUpstream } from './support/raw-upstream.ts';

/** What comes after a body in chunks, and what of it reaches the upstream (RFC 9110 6.5). */
describe('trailers of a request', () => {
  const exchange = new RawExchange();
  afterEach(() => exchange.stop());

  it('are passed on and announced', async () => {
    await exchange.start(
      new RawUpstream((socket, text) => text.includes('\r\n0\r\n') && text.endsWith('\r\n\r\n') && socket.write(OK)),
    );
    const answer = await exchange.send(
      'POST',
      'Transfer-Encoding: chunked\r\nTrailer: X-Checksum, X-Hallpass-Subject\r\nTE: trailers, deflate\r\n',
      '5\r\nhello\r\n0\r\nX-Checksum: abc\r\nx-signed: d e\r\n\r\n',
    );
    expect(answer.status).toBe(200);
    const [lines, ...rest] = exchange.upstream.received[0]!.split('\r\n\r\n') as [string, string];
    expect(rest.join('\r\n\r\n')).toBe('5\r\nhello\r\n0\r\nX-Checksum: abc\r\nx-signed: d e\r\n\r\n');
    expect(lines).toMatch(/^trailer: X-Checksum$/im);
    expect(lines).toMatch(/^te: trailers$/im);
    expect(lines).toMatch(/^connection: keep-alive, TE$/im);
    expect(lines.match(/^(?:transfer-encoding|content-length):.*$/gim)).toEqual(['transfer-encoding: chunked']);
  });

  it.each([
    'X-Hallpass-Subject: owner',
    'x_hallpass_role: owner',
    'X-Forwarded-User: root',
    'Remote-User: root',
    'Authorization: Bearer x',
    'Cookie: a=b',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Host: other',
    'Connection: close',
    'Content-Type: text/html',
    'TE: trailers',
    'Trailer: Host',
    'Expect: 100-continue',
  ])('are none that is an identity, or frames or routes the message: %s', async (line) => {
    await exchange.start(
      new RawUpstream((socket, text) => text.endsWith('\r\n\r\n') && text.includes('\r\n0\r\n') && socket.write(OK)),
    );
    const answer = await exchange.send(
      'POST',
      'Transfer-Encoding: chunked\r\n',
      `5\r\nhello\r\n0\r\n${line}\r\nX-Fine: 1\r\n\r\n`,
    );
    const body = exchange.upstream.received[0]?.split('\r\n\r\n').slice(1).join('\r\n\r\n');
    if (answer.status === 200) expect(body).toBe('5\r\nhello\r\n0\r\nX-Fine: 1\r\n\r\n');
    else {
      // What the parser refuses itself ends the connection, and the upstream never hears that the body was whole.
      expect([0, 400]).toContain(answer.status);
      expect(body ?? '').not.toContain('\r\n0\r\n');
      await waitUntil('the upstream to be left', () => exchange.upstream.open === 0);
    }
  });

  it('are not announced after a body with a length', async () => {
    await exchange.start(new RawUpstream((socket, text) => text.endsWith('hello') && socket.write(OK)));
    const answer = await exchange.send('POST', 'Content-Length: 5\r\nTrailer: X-Checksum\r\n', 'hello');
    expect(answer.status).toBe(200);
    expect(exchange.upstream.received[0]).not.toMatch(/^trailer:/im);
  });
});
