/**
 * `node test/bench/review-queue.ts`: how long the review queue takes with many requests, over HTTP, one after the other, on
 * the embedded PostgreSQL; each figure is a line of JSON. `-- server` for a PostgreSQL server. Part of no test run.
 */
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { TestServices } from '../support/test-services.ts';
import { loadAccessRequests, ONLY_WORD, SELDOM_WORD } from './load-access-requests.ts';
import { percentilesOf, type Percentiles } from './percentiles.ts';
import { reportLine, table } from './report.ts';

const COUNT = 50_000;
const SAMPLES = 100;
const WARM_UP = 20;
/** How many are pending, and whether they wait for any Admin or, but for few, for the Owner. */
const LOADS = [
  [10_000, true],
  [COUNT, false],
] as const;
const profile = process.argv.includes('server') ? 'server' : 'embedded';

const CASES: readonly (readonly [name: string, who: string, path: string])[] = [
  ['first page', 'admin', '?limit=25'],
  ['pending, first page', 'admin', '?status=pending&limit=25'],
  ['decided, first page', 'admin', '?status=approved,denied,cancelled,expired&limit=25'],
  ['pending, soonest to time out', 'admin', '?status=pending&sort=pending_until&limit=25'],
  ['pending, by requester', 'admin', '?status=pending&sort=requester&limit=25'],
  ['all, by requester', 'admin', '?sort=requester&limit=25'],
  ['awaiting me', 'admin', '?awaiting=me&limit=25'],
  ['awaiting me, as Scope owner too', 'admin2', '?awaiting=me&limit=25'],
  ['count of what awaits me', 'admin', '/count?awaiting=me'],
  ['one resource', 'admin', '?resource=connection:c17&limit=25'],
  ['search: word in every reason', 'admin', '?q=deploy&limit=25'],
  ['search: word in one of a thousand', 'admin', `?q=${SELDOM_WORD}&limit=25`],
  ['search: word in one', 'admin', `?q=${ONLY_WORD}&limit=25`],
  ['search: requester by address', 'admin', '?q=person4711@example&limit=25'],
  ['search: resource by name', 'admin', '?q=connection%20217&limit=25'],
  ['search: nothing found', 'admin', '?q=no-such-thing&limit=25'],
  ['page of 200', 'admin', '?limit=200'],
];

const services = new TestServices({ databaseUrl: undefined, redisUrl: undefined });
process.env.HALLPASS_TEST_SERVICES = await services.listen();
const api = await startAdminApi(profile);
try {
  const { body } = await api.as('owner').send('PUT', '/v1/scopes/bench', {
    body: JSON.stringify({
      name: 'Bench',
      rules: [{ level: 'environment', id: 'env3' }],
      owners: [api.idOf('admin2')],
    }),
    headers: { 'content-type': 'application/json' },
  });
  if (body.id !== 'bench') throw new Error('the Scope could not be made');
  for (const [pending, anyAdmin] of LOADS) {
    await loadAccessRequests(api.running.parts.knex, { count: COUNT, pending, anyAdmin });
    await measureAll(pending, anyAdmin);
  }
} finally {
  await api.stop();
  await services.stop();
}

async function measureAll(pending: number, anyAdmin: boolean): Promise<void> {
  const waitFor = anyAdmin ? 'any Admin' : 'the Owner, but for few';
  const deep = await deepCursor(api, 0.8);
  const cases = [...CASES, ['four fifths down the list', 'admin', `?limit=25&cursor=${deep}`] as const];
  const rows: (string | number)[][] = [];
  for (const [name, who, path] of cases) {
    const { latency, found } = await measure(who, path);
    console.log(
      reportLine({
        bench: 'review-queue',
        profile,
        requests: COUNT,
        pending,
        wait_for: waitFor,
        case: name,
        found,
        latency_ms: latency,
      }),
    );
    rows.push([name, found, latency.p50, latency.p99]);
  }
  console.log(
    `\n${COUNT} requests, ${pending} pending, waiting for ${waitFor}, ${profile}\n${table(['page', 'found', 'p50 ms', 'p99 ms'], rows)}\n`,
  );
}

async function measure(who: string, path: string): Promise<{ latency: Percentiles; found: number }> {
  const client = api.as(who);
  const samples: number[] = [];
  let found = 0;
  for (let round = -WARM_UP; round < SAMPLES; round += 1) {
    const startedAt = performance.now();
    const answer = await client.get(`/v1/access-requests${path}`);
    if (round >= 0) samples.push(performance.now() - startedAt);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    found = answer.body.count ?? answer.body.items.length;
  }
  return { latency: percentilesOf(samples), found };
}

/** The cursor of a page that far down the list, as walking there would give it. */
async function deepCursor({ as }: TestAdminApi, share: number): Promise<string> {
  let cursor = '';
  for (let read = 0; read < COUNT * share; read += 200) {
    const page = await as('admin').get(`/v1/access-requests?limit=200&cursor=${cursor}`);
    cursor = page.body.next_cursor;
  }
  return cursor;
}
