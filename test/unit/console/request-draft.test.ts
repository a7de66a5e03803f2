import { describe, expect, it } from '@jest/globals';
import {
  forgetDrafts,
  keepDraft,
  readDraft,
  EMPTY_DRAFT,
  type RequestDraft,
} from '../../../console/access-requests/request-draft.ts';

/** As browsers have it: the keys are own properties. */
function storage(): Storage {
  const kept: Record<string, unknown> = {};
  const methods = {
    getItem: (key: string) => (kept[key] as string | undefined) ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
    removeItem: (key: string) => void delete kept[key],
  };
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(kept, name, { value, enumerable: false });
  return kept as unknown as Storage;
}

const WISH = 'resource=connection:aws-staging';
const DRAFT: RequestDraft = {
  reason: 'between us',
  duration: { preset: '3600', amount: '', unit: 'hours' },
  startsAt: '',
};

describe('the draft of a request', () => {
  it('is found again by the one who wrote it, for the same thing', () => {
    const tab = storage();
    keepDraft('per_1', WISH, DRAFT, tab);
    expect(readDraft('per_1', WISH, tab)).toEqual(DRAFT);
    expect(readDraft('per_1', 'role=admin', tab)).toEqual(EMPTY_DRAFT);
  });

  it('is begun anew where what is kept can not be read', () => {
    const tab = storage();
    for (const kept of ['{', '{"reason":1}', JSON.stringify({ ...DRAFT, duration: { preset: 'x' } }), 'null']) {
      tab.setItem(`hallpass.request-draft.per_1.${WISH}`, kept);
      expect(readDraft('per_1', WISH, tab)).toEqual(EMPTY_DRAFT);
    }
  });

  it('is not shown to whoever signs in next in the same tab', () => {
    const tab = storage();
    keepDraft('per_1', WISH, DRAFT, tab);
    expect(readDraft('per_2', WISH, tab)).toEqual(EMPTY_DRAFT);
  });

  it('is gone after a deliberate sign-out, and nothing else is', () => {
    const tab = storage();
    keepDraft('per_1', WISH, DRAFT, tab);
    tab.setItem('hallpass.destination', '/review');
    forgetDrafts(tab);
    expect(readDraft('per_1', WISH, tab)).toEqual(EMPTY_DRAFT);
    expect(tab.getItem('hallpass.destination')).toBe('/review');
  });
});
