import { expect, it } from '@jest/globals';
import { PRODUCTION } from '../journeys/access-loop.ts';
import { AWS_PRODUCTION, stackRequirement } from './requirement.ts';

stackRequirement('R11', 'the Request Access button of a denial opens the form with the resource filled in', (stack) => {
  it('in the page that a browser gets', async () => {
    const proxy = await stack().proxy('member');
    const page = await proxy.get(`${PRODUCTION}/echo?ticket=7`, { accept: 'text/html' });
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    const link = /<a[^>]+href="([^"]+)"[^>]*>\s*Request Access/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    const form = new URL(link ?? '');
    expect(form.origin).toBe(new URL(stack().urls.admin).origin);
    expect(form.pathname).toBe('/access-requests/new');
    expect(form.searchParams.get('resource')).toBe('connection:aws-production');
  });

  it('and in the link, the form and the token that a program gets', async () => {
    const denied = await (await stack().proxy('member')).get(`${PRODUCTION}/echo?ticket=7`);
    const { access_request: offer, resource } = denied.body;
    expect(denied.headers.get('link')).toBe(`<${offer.form_url}>; rel="https://hallpass.dev/rel/request-access"`);
    expect(resource).toMatchObject(AWS_PRODUCTION);
    const asked = await (
      await stack().api('member')
    ).post('/v1/access-requests', {
      resource: AWS_PRODUCTION,
      reason: 'INC-42',
      duration_seconds: 3_600,
      binding_token: offer.binding_token,
    });
    expect(asked.body).toMatchObject({
      denial_verified: true,
      evaluation_id: denied.body.evaluation_id,
      return_to: `${stack().urls.proxy}${PRODUCTION}/echo?ticket=7`,
    });
  });
});
