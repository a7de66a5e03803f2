/** In a process of its own: what a decision costs with so many grants in the replica, and what they weigh. */
import { readFile } from 'node:fs/promises';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subject } from '../../core/access/subject.ts';
import type { Question } from '../../core/decision/decision-input.ts';
import { evaluate } from '../../core/decision/evaluate.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import { FeedDecoder } from '../../core/feed/feed-decoder.ts';
import { FeedEncoder } from '../../core/feed/feed-encoder.ts';
import { Facts } from '../../core/feed/facts.ts';
import { allowedConnections, benchFacts, connectionKey, GRANTS_PER_PERSON, personId } from './bench-facts.ts';
import { percentilesOf, round } from './percentiles.ts';
import { reportLine } from './report.ts';

const BUNDLE = new URL('../../policies/bundle/policy.tar.gz', import.meta.url);
const WARM_UP_MS = 1_000;
const MEASURE_MS = 3_000;
const MAX_SAMPLES = 400_000;
const QUESTIONS = 4_096;
const EXPIRY_TRIALS = 10_000;
const MEGABYTE = 1_048_576;

interface Asked {
  readonly question: Question;
  readonly allow: boolean;
}

const grants = Number(process.argv[2]);
const nowMs = Date.now();
const engine = await createOpaPolicyEngine(await readPolicyBundle(await readFile(BUNDLE)));
const empty = heldBytes();
const { facts, buildMs } = receiveFacts();
const held = heldBytes();
const asked = makeQuestions(facts);

let gcMs = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration;
});
observer.observe({ entryTypes: ['gc'] });
const samples = new Float64Array(MAX_SAMPLES);
run(WARM_UP_MS, samples);
await nextTurn();
gcMs = 0;
const cpu = process.cpuUsage();
const { count, wrong, tookMs } = run(MEASURE_MS, samples);
const { user, system } = process.cpuUsage(cpu);
await nextTurn();
await nextTurn();

console.log(
  reportLine({
    bench: 'decision',
    grants,
    people: grants / GRANTS_PER_PERSON,
    decisions_per_second: Math.round(count / (tookMs / 1000)),
    latency_us: percentilesOf(samples.subarray(0, Math.min(count, MAX_SAMPLES))),
    wrong_answers: wrong,
    grants_honoured_after_their_end: await countLateAllows(engine, facts),
    expiry_trials: EXPIRY_TRIALS,
    cpu_share: round((user + system) / 1000 / tookMs),
    gc_share: round(gcMs / tookMs),
    facts_heap_mb: round((held.heap - empty.heap) / MEGABYTE),
    bytes_per_grant: Math.round((held.heap - empty.heap) / grants),
    facts_rss_mb: round((held.rss - empty.rss) / MEGABYTE),
    rss_mb: round(process.memoryUsage().rss / MEGABYTE),
    snapshot_build_ms: round(buildMs),
    change_us: changeCost(facts),
  }),
);

/** As the feed brings them, each decoded from a line of its own: strings are not shared by accident. */
function receiveFacts(): { facts: Facts; buildMs: number } {
  const all = new Facts();
  let building = 0;
  for (const fact of benchFacts(grants, nowMs)) {
    const line = new FeedEncoder().encode({ type: 'fact', fact });
    const startMs = performance.now();
    const message = new FeedDecoder().decode(line.trimEnd());
    if (message.type === 'fact') all.apply(message.fact);
    building += performance.now() - startMs;
  }
  return { facts: all, buildMs: building };
}

function heldBytes(): { heap: number; rss: number } {
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

/** Half of them about something the person may read, half about anything. */
function makeQuestions(all: Facts): Asked[] {
  const people = grants / GRANTS_PER_PERSON;
  return Array.from({ length: QUESTIONS }, (_, index) => {
    const person = (index * 7_919) % people;
    const allowed = allowedConnections(person);
    const key = index % 2 === 0 ? [...allowed][index % allowed.size]! : connectionKey(index * 31);
    return { question: ask(all, person, key), allow: allowed.has(key) };
  });
}

function ask(all: Facts, person: number, key: ReturnType<typeof connectionKey>): Question {
  return {
    subject: all.subject(personId(person)) as Subject,
    resource: all.resource(key)!,
    action: { name: 'read', method: 'GET' },
    context: { path: '/v1/things?page=2', host: 'proxy.example.com', source_ip: '10.1.2.3' },
  };
}

function run(forMs: number, into: Float64Array): { count: number; wrong: number; tookMs: number } {
  const startMs = performance.now();
  let before = startMs;
  let done = 0;
  let wrongAnswers = 0;
  while (before - startMs < forMs) {
    const { question, allow } = asked[done % QUESTIONS]!;
    const decision = evaluate(engine, facts, question, nowMs);
    const after = performance.now();
    if (decision.allow !== allow) wrongAnswers += 1;
    if (done < MAX_SAMPLES) into[done] = (after - before) * 1000;
    done += 1;
    before = after;
  }
  return { count: done, wrong: wrongAnswers, tookMs: before - startMs };
}

/** Each trial: a grant counts in its last millisecond, and does not in the next. @returns how often it still did */
async function countLateAllows(policy: PolicyEngine, all: Facts): Promise<number> {
  let late = 0;
  const resource = { type: 'connection' as const, id: 'c1' };
  const question = ask(all, 0, 'connection:c1');
  if (allowedConnections(0).has('connection:c1')) throw new Error('The person of the trials may read it anyway.');
  for (let trial = 0; trial < EXPIRY_TRIALS; trial += 1) {
    const expires_at = nowMs + trial;
    const entitlement = { kind: 'resource' as const, resource };
    const value = { id: 'grt_trial', subject_id: personId(0), entitlement, starts_at: 0, expires_at, request_id: null };
    all.apply({ kind: 'grant', id: value.id, value });
    if (!evaluate(policy, all, question, expires_at - 1).allow) throw new Error(`trial ${trial}: refused too early`);
    if (evaluate(policy, all, question, expires_at).allow) late += 1;
  }
  all.apply({ kind: 'grant', id: 'grt_trial', value: null });
  return late;
}

/** One grant given and taken away, decoded and applied. */
function changeCost(all: Facts): ReturnType<typeof percentilesOf> {
  const costs: number[] = [];
  for (let index = 0; index < 2_000; index += 1) {
    const id = `grt_more_${index}`;
    const entitlement = { kind: 'scope' as const, scope_id: 's1' };
    const subject_id = personId(index % (grants / GRANTS_PER_PERSON));
    const value = { id, subject_id, entitlement, starts_at: 0, expires_at: null, request_id: null };
    for (const fact of [
      { kind: 'grant', id, value },
      { kind: 'grant', id, value: null },
    ] as const) {
      const line = new FeedEncoder().encode({ type: 'change', revision: 1, after: 'a', mark: 'b', facts: [fact] });
      const startMs = performance.now();
      const message = new FeedDecoder().decode(line.trimEnd());
      if (message.type === 'change') for (const one of message.facts) all.apply(one);
      costs.push((performance.now() - startMs) * 1000);
    }
  }
  return percentilesOf(costs);
}
