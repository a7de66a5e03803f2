import { Writable } from 'node:stream';
import { afterEach, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../../core/process/logger.ts';
import { LoggedDecisionLines, type LoggedDecision } from '../../../proxy/gate/decision-log.ts';
import { FastDecisionLines } from '../../../proxy/gate/fast-decision-lines.ts';

/** Quotes, line feeds, half of a character: what would end a field or a line. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\n', '\u2028', '\ud800', '","allow":true,"x":"', ''),
);

const anyLogged: fc.Arbitrary<LoggedDecision> = fc.record({
  decision: fc.record({
    allow: fc.boolean(),
    reason: fc.constant('no-grant' as const),
    grants: fc.array(anyText, { maxLength: 3 }),
    ends_at: fc.constant(null),
    role: fc.constant(null),
    obligations: fc.constant({}),
    request: fc.constant(null),
    evaluation_id: fc.constant('ev_00000000000000000000000000000001'),
    evaluated_at: fc.constant(0),
    policy_revision: fc.option(anyText),
  }),
  reason: fc.constantFrom('granted-resource' as const, 'route-unknown' as const),
  subject: fc.option(anyText),
  resource: fc.option(anyText),
  action: fc.option(anyText),
  via: fc.constantFrom('proxy' as const, 'decision-api' as const),
  durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
});

it('writes what the logger would write, whatever is in it', () => {
  const slow: string[] = [];
  const fast: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      slow.push(chunk.toString());
      done();
    },
  });
  const logged = new LoggedDecisionLines(createLogger('proxy', 'info', sink));
  const quick = new FastDecisionLines((line) => fast.push(line), 'proxy');
  fc.assert(
    fc.property(anyLogged, (one) => {
      logged.write(one);
      quick.write(one);
      const line = fast.at(-1)!;
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const { time: slowTime, ...expected } = JSON.parse(slow.at(-1)!) as Record<string, unknown>;
      const { time, ...written } = JSON.parse(line) as Record<string, unknown>;
      expect(Object.keys(written)).toEqual(Object.keys(expected));
      expect(written).toEqual(expected);
      for (const each of [slowTime, time]) expect(each).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }),
    { numRuns: 500 },
  );
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** Few of each, so that most lines are nearly the one before of the same person. */
const LISTS = [['grt_1'], ['grt_1'], ['grt_2', 'grt_3'], []];
const anyRepeated: fc.Arbitrary<LoggedDecision> = fc
  .record({
    allow: fc.boolean(),
    grants: fc.constantFrom(...LISTS),
    policy_revision: fc.constantFrom('r1', 'r2', null),
    reason: fc.constantFrom('granted-resource' as const, 'no-grant' as const),
    subject: fc.constantFrom('per_1', 'null', null),
    resource: fc.constantFrom('connection:a', 'connection:b', null),
    action: fc.constantFrom('read', null),
    via: fc.constantFrom('proxy' as const, 'external-auth' as const),
    durationMs: fc.constantFrom(0.5, 1),
  })
  .map(({ allow, grants, policy_revision, ...rest }) => ({
    ...rest,
    decision: {
      allow,
      grants,
      policy_revision,
      reason: 'no-grant' as const,
      ends_at: null,
      role: null,
      obligations: {},
      request: null,
      evaluation_id: 'ev_1',
      evaluated_at: 0,
    },
  }));

it('says nothing of an earlier line again that has changed since', () => {
  let last = '';
  const remembering = new FastDecisionLines((line) => (last = line), 'proxy');
  jest.spyOn(Date, 'now').mockReturnValue(1_234);
  fc.assert(
    fc.property(fc.array(anyRepeated, { minLength: 20, maxLength: 40 }), (all) => {
      for (const one of all) {
        remembering.write(one);
        const line = last;
        new FastDecisionLines((fresh) => (last = fresh), 'proxy').write(one);
        expect(line).toBe(last);
      }
    }),
    { numRuns: 200 },
  );
});

it('has the time of each line, to the millisecond', () => {
  let last = '';
  const lines = new FastDecisionLines((line) => (last = line), 'proxy');
  const [one] = fc.sample(anyRepeated, 1);
  const clock = jest.spyOn(Date, 'now');
  for (const ms of [0, 7, 999, 1_000, 1_042, 998, 1_796_062_212_345, 1_796_062_212_999, 1_796_062_213_000]) {
    clock.mockReturnValue(ms);
    lines.write(one!);
    expect((JSON.parse(last) as { time: string }).time).toBe(new Date(ms).toISOString());
  }
});
