import { describe, expect, it } from '@jest/globals';
import type { NamedEntitlement } from '../../../console/api/entitlement.ts';
import { ceilingOfExtension, extendedEnd, termsDifferences } from '../../../console/review/asked-given.ts';
import { awaitingWords, reviewerWords } from '../../../console/review/stage-words.ts';

const resource = { type: 'connection', id: 'aws', name: 'AWS' } as const;
const aws: NamedEntitlement = { kind: 'resource', resource, scope: null, role: null };
const production: NamedEntitlement = {
  kind: 'scope',
  resource: null,
  scope: { id: 'production', name: 'Production' },
  role: null,
};
const asked = { ...aws, duration_seconds: 14_400, until: null, starts_at: null };
const asAsked = { entitlement: null, time: { duration_seconds: 14_400 }, startsAt: null };

describe('what would be given beside what was asked', () => {
  it('is nothing where both are the same', () => {
    expect(termsDifferences(asked, asAsked)).toEqual([]);
    expect(termsDifferences(asked, { ...asAsked, entitlement: aws })).toEqual([]);
    const until = '2026-06-01T12:00:30.000Z';
    expect(
      termsDifferences(
        { ...asked, duration_seconds: null, until, starts_at: '2026-06-01T10:00:59.000Z' },
        { entitlement: null, time: { until: '2026-06-01T12:00:00.000Z' }, startsAt: '2026-06-01T10:00:00.000Z' },
      ),
    ).toEqual([]);
  });

  it('names another thing, another length and another beginning', () => {
    const startsAt = '2026-06-01T10:00:00.000Z';
    const differences = termsDifferences(asked, {
      entitlement: production,
      time: { duration_seconds: null },
      startsAt,
    });
    expect(differences.map(({ what, asked: before }) => [what, before])).toEqual([
      ['Access', 'AWS'],
      ['For how long', '4 hours'],
      ['Begins', 'at approval'],
    ]);
    expect(differences[0]?.given).toBe('Scope Production');
    expect(differences[1]?.given).toBe('permanent');
  });

  it('takes a fixed end for another length than a duration', () => {
    const time = { until: '2026-06-01T12:00:00.000Z' };
    expect(termsDifferences(asked, { ...asAsked, time }).map(({ what }) => what)).toEqual(['For how long']);
  });
});

describe('an extension', () => {
  const grant = { starts_at: '2026-06-01T10:00:00.000Z', expires_at: '2026-06-01T12:00:00.000Z' };

  it('adds to the present end', () => {
    expect(extendedEnd(grant, { duration_seconds: 3_600 })).toBe('2026-06-01T13:00:00.000Z');
    expect(extendedEnd(grant, { duration_seconds: null })).toBeNull();
    expect(extendedEnd(grant, { until: '2026-06-02T00:00:00.000Z' })).toBe('2026-06-02T00:00:00.000Z');
  });

  it('may add what the ceiling of its whole life leaves', () => {
    expect(ceilingOfExtension(grant, 10_800)).toBe(3_600);
    expect(ceilingOfExtension(grant, 3_600)).toBe(0);
    expect(ceilingOfExtension(grant, null)).toBeNull();
  });
});

describe('who is awaited', () => {
  const people = (...names: string[]) => names.map((name) => ({ id: name, name, email: `${name}@example.com` }));

  it('is named, up to three', () => {
    expect(awaitingWords(people('Ada'))).toBe('Waits for Ada.');
    expect(awaitingWords(people('Ada', 'Omar'))).toBe('Waits for Ada and Omar.');
    expect(awaitingWords(people('Ada', 'Omar', 'Olga'), 3)).toBe('Waits for Ada, Omar and Olga.');
    expect(awaitingWords(people('Ada', 'Omar', 'Olga', 'Uwe'), 12)).toBe('Waits for Ada, Omar, Olga and 9 more.');
    expect(awaitingWords([], 0)).toBe('Nobody can decide this at the moment.');
  });

  it('is said by role, by name, and by ownership', () => {
    const stage = { name: 'Review', approvals_required: 1, approvals: 0, state: 'current' } as const;
    const words = (roles: readonly ('admin' | 'owner')[], named: string[], owners: boolean) =>
      reviewerWords({ ...stage, reviewers: { roles, people: people(...named), scope_owners: owners } });
    expect(words(['admin', 'owner'], [], false)).toBe('role Admin or Owner');
    expect(words([], ['Ada'], true)).toBe('Ada or an owner of the Scope');
    expect(words([], [], false)).toBe('nobody');
  });
});
