import { z } from 'zod';
import { operation, type Operation } from '../http/operation.ts';
import type { SidecarRegistry } from './sidecar-registry.ts';

const sidecarSchema = z.object({
  id: z.string(),
  public_url: z.string(),
  resources: z.array(z.string()),
  policy_revision: z.string().nullable(),
  version: z.string(),
  applied_revision: z.int().nullable(),
  /** Clock of its machine less the control plane's, in milliseconds, as it last said. */
  clock_skew_ms: z.int().nullable(),
  connected: z.boolean(),
  registered_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime(),
});

export function sidecarOperations(registry: SidecarRegistry): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/sidecars',
      tag: 'sidecars',
      summary: 'List sidecars, how far each has come and which policy it runs',
      minimumRole: 'admin',
      responses: {
        200: { description: 'Sidecars', schema: z.object({ items: z.array(sidecarSchema), next_cursor: z.null() }) },
      },
      async run() {
        const rows = await registry.list();
        const items = rows.map(
          ({ id, public_url, resources, policy_revision, version, applied_revision, clock_skew_ms, ...row }) => ({
            id,
            public_url,
            resources,
            policy_revision,
            version,
            applied_revision,
            clock_skew_ms,
            connected: row.disconnected_at === null,
            registered_at: row.registered_at.toISOString(),
            last_seen_at: row.last_seen_at.toISOString(),
          }),
        );
        return { status: 200, body: { items, next_cursor: null } };
      },
    }),
  ];
}
