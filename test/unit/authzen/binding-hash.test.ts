import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { bindingHash } from '../../../core/authzen/binding-hash.ts';

const hashOf = (jcs: string) => createHash('sha256').update(jcs).digest('base64url');

// ARAP draft 1, "Denial Binding Claims", Hashed. The serialisations are written out by RFC 8785, not made by our code.
describe('binding_hash', () => {
  const subject = { type: 'user', id: 'alice' };
  const resource = { type: 'document', id: 'q4' };
  const action = { name: 'read' };

  it('is over the four members in canonical order, the context empty', () => {
    expect(bindingHash({ action, resource, subject })).toBe(
      hashOf(
        '{"action":{"name":"read"},"context":{},"resource":{"id":"q4","type":"document"},"subject":{"id":"alice","type":"user"}}',
      ),
    );
  });

  it('takes the actor out, and leaves the object it stood in', () => {
    const acting = { ...subject, properties: { act: { sub: 'agent' }, team: null } };
    expect(bindingHash({ subject: acting, resource, action })).toBe(
      hashOf(
        '{"action":{"name":"read"},"context":{},"resource":{"id":"q4","type":"document"},"subject":{"id":"alice","properties":{"team":null},"type":"user"}}',
      ),
    );
    const only = { ...subject, properties: { act: {} } };
    expect(bindingHash({ subject: only, resource, action })).toBe(
      bindingHash({ subject: { ...subject, properties: {} }, resource, action }),
    );
    expect(bindingHash({ subject: only, resource, action })).not.toBe(bindingHash({ subject, resource, action }));
  });

  it('knows numbers by their canonical form, and lists by their order', () => {
    const withNumber = (amount: unknown) =>
      bindingHash({ subject, action, resource: { ...resource, properties: { amount } } });
    expect(withNumber(JSON.parse('1.0'))).toBe(withNumber(1));
    expect(withNumber(JSON.parse('1e21'))).toBe(
      hashOf(
        '{"action":{"name":"read"},"context":{},"resource":{"id":"q4","properties":{"amount":1e+21},"type":"document"},"subject":{"id":"alice","type":"user"}}',
      ),
    );
    expect(withNumber([1, 2])).not.toBe(withNumber([2, 1]));
    expect(withNumber('1')).not.toBe(withNumber(1));
  });
});
