import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ID_PREFIXES, newId, opaqueId, slug, type IdKind } from '../../../core/access/ids.ts';
import { parseResourceKey, RESOURCE_TYPES, resourceKey, resourceSchema } from '../../../core/access/resource.ts';

const slugs = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?$/);

describe('a resource key', () => {
  it('reads back what it was made of', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RESOURCE_TYPES), slugs, (type, id) => {
        expect(parseResourceKey(resourceKey({ type, id }))).toEqual({ type, id });
      }),
    );
  });

  it('is nothing but type, colon and id', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ref = parseResourceKey(text);
        if (ref !== null) expect(resourceKey(ref)).toBe(text);
      }),
    );
  });

  it.each([
    '',
    ':',
    'connection',
    'connectionx',
    'targets',
    'connection:',
    ':aws',
    'Connection:aws',
    'connection:AWS',
    'connection:a:b',
    'connection:a/b',
    'connection:-a',
    'connection: a',
    'connection:a\n',
    'role:admin',
    'connection:..',
    `connection:${'a'.repeat(101)}`,
  ])('is not %j', (text) => {
    expect(parseResourceKey(text)).toBeNull();
  });
});

describe('a resource', () => {
  const least = { type: 'connection', id: 'aws', name: 'AWS' };

  it('has careful defaults', () => {
    expect(resourceSchema.parse(least)).toEqual({
      ...least,
      description: '',
      environment: null,
      connections: [],
      minimum_role: 'viewer',
      discoverable: 'full',
      attributes: {},
    });
  });

  it.each([
    ['an unknown member', { owner: 'me' }],
    ['attributes beyond 4096 characters', { attributes: { note: 'a'.repeat(4_096) } }],
    ['an unknown way to be discovered', { discoverable: 'maybe' }],
    ['a name without a character', { name: '' }],
    ['an environment that is no slug', { environment: 'Prod / EU' }],
  ])('is refused with %s', (_, wrong) => {
    expect(resourceSchema.safeParse({ ...least, ...wrong }).success).toBe(false);
  });
});

describe('ids', () => {
  it.each(Object.keys(ID_PREFIXES) as IdKind[])('of %s are new each time, opaque, and say what they name', (kind) => {
    const ids = Array.from({ length: 100 }, () => newId(kind));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) {
      expect(id).toMatch(new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-f]{32}$`));
      expect(opaqueId.safeParse(id).success).toBe(true);
    }
  });

  it('have prefixes that nothing else has', () => {
    const prefixes = Object.values(ID_PREFIXES);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it.each(['a', 'a1', 'aws-production', 'a.b_c-d', '0'])('that people choose may be %j', (id) => {
    expect(slug.safeParse(id).success).toBe(true);
  });

  it.each(['', 'A', 'a b', '-a', 'a-', '.', '..', 'a/b', 'a:b', 'ä', 'a\n', 'a'.repeat(101)])(
    'that people choose may not be %j',
    (id) => {
      expect(slug.safeParse(id).success).toBe(false);
    },
  );
});
