import { Agent, request } from 'undici';
import { MEGABYTE, MEGABYTE_BODY, SMALL_BODY } from '../upstream-bodies.ts';
import type { Peer } from './peer.ts';
import type { Field } from './start-peers.ts';

const ASKED_IN_FULL = 20;

export interface AnswerCheck {
  readonly checked: number;
  readonly wrong: number;
  /** The first of what was wrong, for whoever has to find out why. */
  readonly example: string | null;
}

/**
 * Reads whole answers and compares them: small and large ones, after an upload, and where there is authorization those of
 * people who may not, of nobody, and of a forged token. None of the latter may have reached the upstream.
 */
export async function checkAnswers(peer: Peer, field: Field): Promise<AnswerCheck> {
  const dispatcher = new Agent({ connections: 4 });
  let checked = 0;
  const mistakes: string[] = [];
  const expect = (isRight: boolean, what: string): void => {
    checked += 1;
    if (!isRight) mistakes.push(`${peer.name}: ${what}`);
  };
  const ask = async (path: string, token: string | null, upload: Buffer | null = null) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const method = upload === null ? 'GET' : 'POST';
    const { statusCode, body } = await request(`${peer.url}${path}`, { dispatcher, method, headers, body: upload });
    return { status: statusCode, body: Buffer.from(await body.arrayBuffer()) };
  };
  try {
    for (const token of field.tokens.slice(0, ASKED_IN_FULL)) {
      const small = await ask('/things', token);
      expect(small.status === 200 && small.body.toString() === SMALL_BODY, `small answer of status ${small.status}`);
      const large = await ask('/megabyte', token);
      expect(large.status === 200 && large.body.equals(MEGABYTE_BODY), `large answer of status ${large.status}`);
      const sent = await ask('/things', token, Buffer.alloc(MEGABYTE, 'z'));
      expect(
        sent.status === 200 && sent.body.toString() === SMALL_BODY,
        `answer of status ${sent.status} to an upload`,
      );
    }
    if (peer.authorizes) {
      const before = await countOf(field);
      const forged = field.tokens[0]!.replace(/.(?=.$)/, (one) => (one === 'A' ? 'B' : 'A'));
      for (const token of [...field.refusedTokens, null, forged]) {
        const { status, body } = await ask('/things', token);
        expect((status === 401 || status === 403) && !body.toString().includes('filler'), `${status} for a stranger`);
      }
      expect((await countOf(field)) === before, 'a refused request reached the upstream');
    }
  } finally {
    await dispatcher.close();
  }
  return { checked, wrong: mistakes.length, example: mistakes[0] ?? null };
}

async function countOf({ upstreamUrl }: Field): Promise<number> {
  return Number(await (await fetch(`${upstreamUrl}/count`)).text());
}
