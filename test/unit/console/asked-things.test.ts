import { describe, expect, it } from '@jest/globals';
import {
  mayAdd,
  MOST_THINGS,
  readAskedThings,
  thingsBody,
  withThings,
} from '../../../console/access-requests/asked-things.ts';

const AWS = { resource: { type: 'connection', id: 'aws' } } as const;
const DB = { resource: { type: 'target', id: 'db' } } as const;
const read = (query: string) => readAskedThings(new URLSearchParams(query));
const change = (query: string, things: Parameters<typeof withThings>[1]) =>
  Object.fromEntries(withThings(new URLSearchParams(query), things));

describe('the things that a form is opened for', () => {
  it('are as many resources as are named, each once', () => {
    expect(read('resource=connection:aws&resource=target:db&resource=connection:aws')).toEqual({
      things: [AWS, DB],
      unreadable: false,
    });
  });

  it('are one Scope or one Role', () => {
    expect(read('scope=staging').things).toEqual([{ scope_id: 'staging' }]);
    expect(read('role=admin&scope=').things).toEqual([]);
    expect(read('').things).toEqual([]);
  });

  it('leave out what can not be read, and say so', () => {
    expect(read('resource=connection:aws&resource=planet:mars')).toEqual({ things: [AWS], unreadable: true });
    expect(read('scope=a/b')).toEqual({ things: [], unreadable: true });
  });

  it('are never more than one submission takes', () => {
    const many = Array.from({ length: MOST_THINGS + 2 }, (_, place) => `resource=target:db-${place}`).join('&');
    const { things } = read(many);
    expect(things).toHaveLength(MOST_THINGS);
    expect(mayAdd(things)).toBe(false);
    expect(mayAdd(things.slice(1))).toBe(true);
    expect(mayAdd([{ role: 'admin' }])).toBe(false);
  });
});

describe('changing the things', () => {
  const denied = 'resource=connection:aws&action=read&evaluation_id=ev_1';

  it('keeps what the denial said while the thing it refused stays', () => {
    expect(change(denied, [AWS, DB])).toEqual({ resource: 'target:db', action: 'read', evaluation_id: 'ev_1' });
    expect(withThings(new URLSearchParams(denied), [AWS, DB]).getAll('resource')).toEqual([
      'connection:aws',
      'target:db',
    ]);
  });

  it('forgets it with the thing', () => {
    expect(change(denied, [DB])).toEqual({ resource: 'target:db' });
    expect(change(denied, [])).toEqual({});
    expect(change('scope=staging', [{ role: 'member' }])).toEqual({ role: 'member' });
  });
});

describe('what is sent', () => {
  it('names one thing by itself and several as resources', () => {
    expect(thingsBody([AWS])).toEqual(AWS);
    expect(thingsBody([{ role: 'admin' }])).toEqual({ role: 'admin' });
    expect(thingsBody([AWS, DB])).toEqual({ resources: [AWS.resource, DB.resource] });
  });
});
