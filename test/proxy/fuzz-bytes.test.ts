import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readJson } from '../../core/authzen/read-json.ts';
import { PageTokens } from '../../core/authzen/page-token.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import { PolicyEngineError } from '../../core/decision/policy-engine.ts';
import { EMPTY_REPLICA, stepReplica } from '../../core/feed/fact-replica.ts';
import { FeedDecoder, FeedMessageError } from '../../core/feed/feed-decoder.ts';
import { FeedEncoder } from '../../core/feed/feed-encoder.ts';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import { ConfigError } from '../../core/process/read-config.ts';
import { FeedLines } from '../../proxy/facts/feed-lines.ts';
import { FrameBoundary } from '../../proxy/forward/frame-boundary.ts';
import { readProxyConfig } from '../../proxy/read-proxy-config.ts';
import { TEST_FACTS } from './support/facts.ts';
import { Dice, fuzz, mutate } from '../support/mutate.ts';

/** Whatever comes from outside may be anything. The answer is a reading or the reader's own kind of refusal, in time. */
describe('bytes from outside', () => {
  it('as JSON for the decision API are what JSON.parse makes of them, or refused', async () => {
    const question = {
      subject: { type: 'user', id: 'a' },
      action: { name: 'read', properties: { a: [1, 2.5, null, 'ä'] } },
      resource: { type: 'feature', id: 'x' },
    };
    const seeds = [JSON.stringify(question), '[[[[1]]]]', '"\\ud83d\\ude00"', '{"a":{"b":{"c":{}}}}'];
    await fuzz(
      {
        seeds,
        runs: 4_000,
        dictionary: ['{', '}', '[', ']', '"', '\\', '\\ud800', '":', '[[[[[[[[[[', '{"__proto__":'],
      },
      (bytes) => {
        const text = bytes.toString('latin1');
        const reading = readJson(text, 8);
        if (reading.ok) {
          const value: unknown = JSON.parse(text);
          expect(reading.value).toEqual(value);
          expect([JSON.stringify(value).isWellFormed(), depthOf(value) <= 8]).toEqual([true, true]);
        } else expect(reading.problems[0]!.message).not.toBe('');
      },
    );
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('as a page token are one of ours for this very search, or none', async () => {
    const tokens = new PageTokens('secret');
    const position = { after: 'per_1', limit: 7 };
    const token = tokens.seal(position, 'search');
    expect(tokens.open(token, 'search')).toEqual(position);
    expect([tokens.open(token, 'another'), new PageTokens('other').open(token, 'search')]).toEqual([null, null]);
    await fuzz(
      { seeds: [token, Buffer.from(token, 'base64url')], runs: 4_000, dictionary: ['-', '_', '=', 'A', '+', '/'] },
      (bytes) => {
        for (const text of [bytes.toString('latin1'), bytes.toString('base64url')]) {
          const isIt = Buffer.from(text, 'base64url').equals(Buffer.from(token, 'base64url'));
          expect(tokens.open(text, 'search')).toEqual(isIt ? position : null);
        }
      },
    );
  });

  it('as a feed are messages, or the end of the connection', async () => {
    const epoch = 'e';
    const messages: FeedMessage[] = [
      {
        type: 'hello',
        protocol: 2,
        epoch,
        mode: 'snapshot',
        revision: 3,
        server_time: 1,
        heartbeat_interval_ms: 1_000,
      },
      { type: 'snapshot-begin', epoch, revision: 3, mark: 'm3', as_of: 1 },
      ...TEST_FACTS.map((fact): FeedMessage => ({ type: 'fact', fact })),
      { type: 'snapshot-end', epoch, revision: 3, facts: TEST_FACTS.length },
      { type: 'change', revision: 4, after: 'm3', mark: 'm4', facts: [{ kind: 'grant', id: 'grt_1', value: null }] },
      { type: 'heartbeat', revision: 4, mark: 'm4', as_of: 2, server_time: 2 },
    ];
    const encode = (all: readonly FeedMessage[]): string => {
      const encoder = new FeedEncoder();
      return all.map((message) => encoder.encode(message)).join('');
    };
    const whole = encode(messages);
    const dictionary = ['\n', '}\n', '{"type":"hello"', 'snapshot-end', 'change', '"revision":', 'null', '"epoch":"e"'];
    const ends = { resync: 0, refused: 0, taken: 0 };
    const read = (bytes: Buffer): void => {
      const lines = new FeedLines(100_000);
      const decoder = new FeedDecoder();
      let state = EMPTY_REPLICA;
      const cut = bytes.byteLength >> 1;
      try {
        for (const chunk of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
          for (const line of lines.push(chunk)) {
            const step = stepReplica(state, decoder.decode(line));
            if ('resync' in step) {
              ends.resync += 1;
              return;
            }
            state = step.state;
          }
        }
        ends.taken += 1;
      } catch (error) {
        ends.refused += 1;
        expect(error).toBeInstanceOf(FeedMessageError);
      }
      // Nothing counts that has not come whole.
      if (state.facts !== null) expect([state.epoch, state.revision >= 3]).toEqual([expect.any(String), true]);
    };
    await fuzz({ seeds: [whole], runs: 1_500, dictionary }, read);
    // Whole messages lost, repeated and swapped, by a sender whose sums are right.
    const dice = new Dice(4);
    for (let run = 0; run < 1_500; run += 1) {
      const lines = [...messages];
      const [from, to] = [dice.below(lines.length), dice.below(lines.length)];
      const moved = lines.splice(from, dice.below(2));
      if (dice.below(2) === 0) lines.splice(to, 0, ...moved, ...moved);
      read(Buffer.from(encode(lines)));
    }
    for (const count of Object.values(ends)) expect(count).toBeGreaterThan(50);
  });

  it('as a policy bundle are one, or refused as what they are', async () => {
    const file = await readFile('policies/bundle/policy.tar.gz');
    const tar = gunzipSync(file);
    // The headers and the small files; the compiled policy is nobody's to parse here.
    const heads = tar.subarray(0, 4_096);
    const whole = await readPolicyBundle(file);
    const read = async (bytes: Buffer): Promise<void> => {
      try {
        const bundle = await readPolicyBundle(bytes);
        expect([typeof bundle.revision, bundle.wasm.byteLength > 0, typeof bundle.data]).toEqual([
          'string',
          true,
          'object',
        ]);
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyEngineError);
        expect((error as Error).message).toMatch(/^The /);
      }
    };
    await fuzz({ seeds: [file], runs: 80 }, read);
    const dictionary = [
      'ustar\x0000',
      '.manifest',
      '/policy.wasm',
      'data.json',
      '../../etc/passwd',
      '0000644',
      '77777777777',
      '\0'.repeat(100),
      '00000000000',
      'L',
      'x',
      '5',
      '2',
    ];
    await fuzz({ seeds: [heads], runs: 80, dictionary }, (bytes) =>
      read(gzipSync(Buffer.concat([bytes, tar.subarray(4_096)]), { level: 1 })),
    );
    await fuzz({ seeds: [heads], runs: 80, dictionary, seed: 2 }, (bytes) => read(gzipSync(bytes)));
    await expect(readPolicyBundle(gzipSync(Buffer.alloc(100 * 1024 * 1024)))).rejects.toThrow(/unpacked/);
    expect(whole.wasm.byteLength).toBeGreaterThan(300);
  }, 120_000);

  it('as WebSocket frames end where they end, however they are cut', () => {
    const dice = new Dice(1);
    const seed = Buffer.from('8105hello827e0100'.replace('hello', '68656c6c6f'), 'hex');
    for (let run = 0; run < 1_000; run += 1) {
      const bytes = mutate(Buffer.concat([seed, Buffer.alloc(256, 'x'), Buffer.from('88020000', 'hex')]), dice, [
        '\x82\x7f',
        '\xff'.repeat(8),
        '\x81\x00',
        '\x89\x85',
      ]);
      const whole = new FrameBoundary();
      whole.push(bytes);
      const pieces = new FrameBoundary();
      for (let at = 0; at < bytes.byteLength;) {
        const size = 1 + dice.below(20);
        pieces.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(pieces.isAtBoundary).toBe(whole.isAtBoundary);
    }
  });

  describe('as a configuration', () => {
    let directory: string | null = null;
    afterAll(async () => {
      if (directory !== null) await rm(directory, { recursive: true });
    });

    it('are one, or refused with what is wrong', async () => {
      directory = await mkdtemp(join(tmpdir(), 'hp-fuzz-'));
      const file = join(directory, 'proxy.yaml');
      const example = await readFile('proxy/example.yaml', 'utf8');
      const read = async (bytes: Buffer | string): Promise<void> => {
        await writeFile(file, bytes);
        try {
          expect(
            readProxyConfig({ HALLPASS_PROXY_CONFIG: file, HALLPASS_FEED_TOKEN: 'secret-of-the-feed' }).config.routes
              .length,
          ).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(error.message).not.toContain('secret-of-the-feed');
        }
      };
      const dictionary = [
        '\n',
        '  ',
        ': ',
        '- ',
        '&a ',
        '*a',
        '[',
        ']',
        '{',
        '}',
        '|',
        '>',
        '!!binary ',
        '? ',
        '---\n',
        '...\n',
        '%YAML 9.9\n',
        '<<: *a',
        'limits:',
        'routes:',
        '__proto__:',
      ];
      await fuzz({ seeds: [example], runs: 200, dictionary }, read);
      // Nine lines that would unfold to a billion.
      const bomb = Array.from(
        { length: 9 },
        (_, index) =>
          `l${index}: &l${index} [${
            index === 0
              ? 'x'
              : Array(10)
                  .fill(`*l${index - 1}`)
                  .join(', ')
          }]`,
      );
      await read(`${example}\n${bomb.join('\n')}\n`);
      await read(`a: &a [*a]\n`);
      await read('a: '.repeat(20_000));
      await read('['.repeat(20_000));
    }, 120_000);
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
