import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../../../console/api/api-problem.ts';
import type { BulkDecision, BulkResult } from '../../../console/api/review-queue.ts';
import { decideInSteps, outcomeWords, STEP_SIZE, type RowOutcome } from '../../../console/review/decide-in-steps.ts';
import {
  filterCount,
  queueFilter,
  queueParameters,
  readQueueView,
  withoutFilters,
} from '../../../console/review/queue-view.ts';
import { steadyPage } from '../../../console/review/steady-rows.ts';

const viewOf = (query: string) => readQueueView(new URLSearchParams(query));

describe('the address of the queue', () => {
  it.each([
    '',
    'tab=decided&outcome=denied&sort=oldest',
    'tab=break-glass',
    'q=invoices&kind=resource&resource=connection%3Aaws&requester=per_1&awaiting=me&sort=ending&cursor=abc',
  ])('says all that is looked at: %s', (query) => {
    expect(new URLSearchParams(queueParameters(viewOf(query))).toString()).toBe(query);
  });

  it('leaves out what makes no sense', () => {
    expect(queueParameters(viewOf('tab=none&kind=door&resource=door:1&sort=down&outcome=approved'))).toEqual({});
    expect(queueParameters(viewOf('tab=decided&awaiting=me&sort=ending'))).toEqual({ tab: 'decided' });
  });

  it('is what the API is asked for', () => {
    expect(queueFilter(viewOf(''))).toEqual({ status: 'pending', sort: 'submitted', order: 'desc' });
    expect(queueFilter(viewOf('awaiting=me&sort=ending&q=%20x%20'))).toEqual({
      status: 'pending',
      awaiting: 'me',
      q: 'x',
      sort: 'pending_until',
      order: 'asc',
    });
    expect(queueFilter(viewOf('tab=decided')).status).toBe('approved,denied,cancelled,expired');
    expect(queueFilter(viewOf('tab=break-glass'))).toEqual({ break_glass: 'open', sort: 'submitted', order: 'desc' });
  });

  it('counts its filters, and can be without any', () => {
    const view = viewOf('tab=decided&kind=role&requester=per_1&outcome=denied&q=x&sort=oldest&cursor=c');
    expect(filterCount(view)).toBe(3);
    expect(queueParameters(withoutFilters(view))).toEqual({ tab: 'decided', sort: 'oldest' });
  });
});

describe('a page that is read while it changes', () => {
  const page = (ids: string, next: string | null = null, state = 'old') => ({
    items: [...ids].map((id) => ({ id, state })),
    next_cursor: next,
  });
  const seen = (shown: ReturnType<typeof page>, latest: ReturnType<typeof page>) => {
    const { rows, fresh } = steadyPage(shown, latest);
    return `${rows.map(({ row, gone }) => (gone ? row.id.toUpperCase() : row.id)).join('')} +${fresh}`;
  };

  it('keeps its places, and counts what is new', () => {
    expect(seen(page('abc'), page('abc'))).toBe('abc +0');
    expect(seen(page('abc'), page('xyabc'))).toBe('abc +2');
    expect(seen(page('abc'), page('axbcy'))).toBe('abc +2');
  });
  it('changes in place', () => {
    expect(steadyPage(page('ab'), page('xab', null, 'new')).rows.map(({ row }) => row.state)).toEqual(['new', 'new']);
  });
  it('says what has gone', () => {
    expect(seen(page('abc'), page('ac'))).toBe('aBc +0');
    expect(seen(page('abc'), page('ab'))).toBe('abC +0');
    expect(seen(page('abc'), page(''))).toBe('ABC +0');
    expect(seen(page('abc'), page('x'))).toBe('ABC +1');
  });
  it('takes what was pushed onto the next page for neither gone nor new', () => {
    expect(seen(page('abc', 'n'), page('xab', 'n'))).toBe('abc +1');
    expect(seen(page('abc', 'n'), page('acd', 'n'))).toBe('aBc +0');
    expect(seen(page('abc', 'n'), page('xyz', 'n'))).toBe('abc +3');
  });
});

describe('many decisions with one note', () => {
  const ids = Array.from({ length: STEP_SIZE * 2 + 1 }, (_, place) => `req_${place}`);
  const decision: BulkDecision = { ids, verdict: 'approve', note: 'fine' };
  const run = async (send: (step: BulkDecision) => Promise<{ results: readonly BulkResult[] }>) => {
    const told: [string, RowOutcome][][] = [];
    await decideInSteps(decision, send, (outcomes) => told.push([...outcomes]));
    return told;
  };

  it('go out a few at a time, each told at once', async () => {
    const steps: BulkDecision[] = [];
    const told = await run(async (step) => {
      steps.push(step);
      return { results: step.ids.map((id) => ({ id, outcome: 'approved' as const })) };
    });
    expect(steps.map((step) => [step.ids.length, step.verdict, step.note])).toEqual([
      [STEP_SIZE, 'approve', 'fine'],
      [STEP_SIZE, 'approve', 'fine'],
      [1, 'approve', 'fine'],
    ]);
    expect(told.map((step) => step.length)).toEqual([STEP_SIZE, STEP_SIZE, 1]);
    expect(told.flat()[0]).toEqual(['req_0', { outcome: 'approved', message: null }]);
  });

  it('say for each one why not', async () => {
    const told = await run(async (step) => ({
      results: step.ids.map((id) => ({ id, outcome: 'refused' as const, problem: { detail: `no ${id}` } })),
    }));
    expect(told.flat()[1]).toEqual(['req_1', { outcome: 'refused', message: 'no req_1' }]);
  });

  it('stop where no answer comes, and say which ones were not sent', async () => {
    let calls = 0;
    const told = await run(async (step) => {
      calls += 1;
      if (calls === 2) throw new ApiProblem(0, { code: 'unreachable', detail: 'Gone.' });
      return { results: step.ids.map((id) => ({ id, outcome: 'approved' as const })) };
    });
    expect(calls).toBe(2);
    const outcomes = told.flat().map(([, outcome]) => outcome);
    expect(outcomes).toHaveLength(ids.length);
    expect(outcomes.at(-1)).toEqual({ outcome: 'unsent', message: 'Gone.' });
    expect(outcomeWords(outcomes)).toBe(`${STEP_SIZE} approved, ${STEP_SIZE + 1} not sent`);
  });
});
