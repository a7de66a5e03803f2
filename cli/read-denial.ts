import { z } from 'zod';
import { resourceRefSchema } from '../core/access/resource.ts';

const denialSchema = z.object({
  detail: z.string(),
  resource: resourceRefSchema.loose().transform(({ type, id }) => ({ type, id })),
  access_request: z.object({ binding_token: z.string() }),
});
export type Denial = z.output<typeof denialSchema>;

/** The denial of a sidecar that can be asked about (docs/laws.md, "Denial"); null for any other answer, unread. */
export async function readDenial(response: Response): Promise<Denial | null> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  if (response.status !== 403 || !isProblem || !response.headers.has('link')) return null;
  // Of a clone, because an upstream may answer 403 with a problem of its own, which is printed as it came.
  const parsed = denialSchema.safeParse(
    await response
      .clone()
      .json()
      .catch(() => null),
  );
  return parsed.success ? parsed.data : null;
}
