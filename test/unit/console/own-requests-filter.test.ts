import { describe, expect, it } from '@jest/globals';
import {
  ownRequestsFilter,
  ownRequestsParameters,
  readOwnRequestsView,
} from '../../../console/access-requests/own-requests-filter.ts';

const read = (query: string) => readOwnRequestsView(new URLSearchParams(query));

describe('which of one’s own requests are shown', () => {
  it('stands in the address, and finds its way back from it', () => {
    const view = { status: 'pending', kind: 'scope', q: 'INC 7' };
    expect(read(new URLSearchParams(ownRequestsParameters(view)).toString())).toEqual(view);
    expect(ownRequestsParameters(read(''))).toEqual({});
  });

  it('is all of them where the address makes no sense', () => {
    expect(read('status=lost&kind=planet')).toEqual({ status: '', kind: '', q: '' });
  });

  it('is asked of the API without what is empty', () => {
    expect(ownRequestsFilter(read('q=%20%20'))).toEqual({ requester: 'me' });
    expect(ownRequestsFilter(read('status=denied&q=%20x'))).toEqual({ requester: 'me', status: 'denied', q: 'x' });
  });
});
