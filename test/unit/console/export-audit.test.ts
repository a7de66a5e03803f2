import { describe, expect, it } from '@jest/globals';
import { EXPORT_FORMATS } from '../../../admin-api/audit/export-format.ts';
import { auditParameters, filterCount, readAuditFilter, storyOf } from '../../../console/audit-log/audit-view.ts';
import { entriesOf } from '../../../console/api/export-audit.ts';

const END = { entries: 42, head: { sequence: 99, hash: 'ab' }, sha256: 'cd' };

describe('the last line of an export', () => {
  it.each(['csv', 'ndjson'] as const)('says in %s how many entries there are', (name) => {
    const format = EXPORT_FORMATS[name];
    expect(entriesOf(`something before\n${format.end(END)}`, name)).toBe(42);
  });

  it.each(['csv', 'ndjson'] as const)('is missing in %s where the export was broken off', (name) => {
    const whole = EXPORT_FORMATS[name].end(END);
    expect(entriesOf('1,evt_1,2026-01-01T00:00:00.000Z,x', name)).toBeNull();
    expect(entriesOf(whole.slice(0, 12), name)).toBeNull();
    expect(entriesOf('', name)).toBeNull();
  });
});

describe('the address of a look at the audit log', () => {
  it('names what is set and nothing else, and is read back as it was', () => {
    const filter = readAuditFilter(new URLSearchParams('q=deploy&type=grant.created,grant.expired&colour=red'));
    expect(auditParameters(filter).toString()).toBe('type=grant.created%2Cgrant.expired&q=deploy');
    expect(readAuditFilter(auditParameters(filter))).toEqual(filter);
    expect(filterCount(filter)).toBe(1);
  });

  it('means a story when a request is all it names', () => {
    const story = (query: string) => storyOf(readAuditFilter(new URLSearchParams(query)));
    expect(story('request_id=req_1')).toBe('req_1');
    expect(story('request_id=req_1&type=grant.created')).toBeNull();
    expect(story('')).toBeNull();
  });
});
