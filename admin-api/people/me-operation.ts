import { z } from 'zod';
import { isAtLeast, roleSchema } from '../../core/access/role.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import { operation, type Operation } from '../http/operation.ts';

/** @param presentGrants injected, like `sidecarUrls`: grants and the feed are other features' business */
export function meOperation(
  knex: Knex,
  clock: Clock,
  presentGrants: (
    knex: Knex,
    rows: readonly GrantRow[],
    nowMs: number,
    viewerId: string,
  ) => Promise<readonly unknown[]>,
  sidecarUrls: () => Promise<string[]>,
): Operation {
  return operation({
    method: 'get',
    path: '/v1/me',
    tag: 'people',
    summary: 'Who is calling, what they hold, and the time here (for countdowns)',
    responses: {
      200: {
        description: 'The caller',
        schema: z.object({
          id: z.string(),
          email: z.string(),
          name: z.string(),
          role: roleSchema,
          base_role: roleSchema,
          groups: z.array(z.string()),
          grants: z.array(z.unknown()),
          can: z.object({ review: z.boolean(), read_audit: z.boolean() }),
          server_time: z.iso.datetime(),
          sidecar_urls: z.array(z.string()),
        }),
      },
    },
    async run({ caller }) {
      const now = clock();
      const rows: GrantRow[] = await knex('grants')
        .where({ subject_id: caller.id })
        .whereNull('ended_at')
        .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', new Date(now)))
        .orderBy('created_at', 'desc');
      const { id, email, name, role, base_role, groups } = caller;
      const isAdmin = isAtLeast(role, 'admin');
      return {
        status: 200,
        body: {
          id,
          email,
          name,
          role,
          base_role,
          groups,
          grants: await presentGrants(knex, rows, now, caller.id),
          can: { review: isAdmin, read_audit: isAdmin },
          server_time: new Date(now).toISOString(),
          sidecar_urls: await sidecarUrls(),
        },
      };
    },
  });
}
