import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { verifySlackSignature } from '../../../admin-api/slack/verify-slack-signature.ts';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const NOW_S = 1_531_420_618;
const BODY = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&command=%2Fweather&text=94070';

const signatureOf = (timestamp: string, body = BODY, secret = SECRET) =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

describe('the signature of Slack', () => {
  const verify = (timestamp: string | undefined, signature: string | undefined, nowS = NOW_S) =>
    verifySlackSignature({ timestamp, signature, body: Buffer.from(BODY) }, SECRET, nowS * 1000);
  const stamp = String(NOW_S);

  it('holds for five minutes, and no longer, in both directions', () => {
    for (const [offset, verdict] of [
      [0, 'ok'],
      [300, 'ok'],
      [-300, 'ok'],
      [301, 'too old'],
      [-301, 'too old'],
    ] as const) {
      expect([offset, verify(stamp, signatureOf(stamp), NOW_S + offset)]).toEqual([offset, verdict]);
    }
  });

  it('is the one that Slack gives as an example (docs.slack.dev, "Verifying requests from Slack")', () => {
    const body = [
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V',
      'channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=',
      'response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN',
      'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    ].join('&');
    const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
    const request = { timestamp: '1531420618', signature, body: Buffer.from(body) };
    expect(verifySlackSignature(request, SECRET, 1_531_420_618_000)).toBe('ok');
  });

  it.each([
    ['no timestamp', undefined, signatureOf(stamp)],
    ['no signature', stamp, undefined],
    ['an empty signature', stamp, ''],
    ['another timestamp', String(NOW_S - 1), signatureOf(stamp)],
    ['another secret', stamp, signatureOf(stamp, BODY, 'other')],
    ['another body', stamp, signatureOf(stamp, `${BODY}&x=1`)],
    ['another version', stamp, signatureOf(stamp).replace('v0', 'v1')],
    ['half a signature', stamp, signatureOf(stamp).slice(0, 35)],
    ['more than a signature', stamp, `${signatureOf(stamp)}00`],
    ['a timestamp that is no number', 'soon', signatureOf('soon')],
    ['a timestamp in hexadecimal', '0x5b479a4a', signatureOf('0x5b479a4a')],
  ])('is refused with %s', (_, timestamp, signature) => {
    expect(verify(timestamp, signature)).toBe('bad signature');
  });
});
