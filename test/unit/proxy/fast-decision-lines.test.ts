import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
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
