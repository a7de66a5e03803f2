import { describe, expect, it } from '@jest/globals';
import { withQuery } from '../../../console/api/api-client.ts';
import { ApiProblem, isSignedOut, messagesByField } from '../../../console/api/api-problem.ts';

describe('problems of the API', () => {
  const problem = new ApiProblem(422, {
    title: 'The request is not valid',
    detail: 'reason: must not be empty',
    code: 'invalid-request',
    errors: [
      { field: 'reason', message: 'must not be empty' },
      { field: 'reason', message: 'second' },
      { field: 'resource.id', message: 'is unknown' },
      { field: 'elsewhere', message: 'is wrong' },
    ],
    request_id: 'rid',
  });

  it('land on the fields of a form', () => {
    expect(messagesByField(problem, ['reason', 'resource'])).toEqual({
      reason: 'must not be empty',
      resource: 'is unknown',
      '': 'is wrong',
    });
  });

  it('say enough even when the body did not', () => {
    expect(new ApiProblem(502, {})).toMatchObject({
      status: 502,
      code: 'unknown',
      message: 'The server answered with status 502.',
      errors: [],
    });
  });

  it('know when somebody has to sign in', () => {
    expect(isSignedOut(new ApiProblem(401, { code: 'not-signed-in' }))).toBe(true);
    expect(isSignedOut(problem)).toBe(false);
    expect(isSignedOut(new Error('401'))).toBe(false);
  });
});

describe('addresses of the API', () => {
  it('carry only what is set, encoded', () => {
    expect(withQuery('/v1/x')).toBe('/v1/x');
    expect(withQuery('/v1/x', { a: '', b: null, c: undefined })).toBe('/v1/x');
    expect(withQuery('/v1/x', { search: 'a&b', limit: 5 })).toBe('/v1/x?search=a%26b&limit=5');
  });
});
