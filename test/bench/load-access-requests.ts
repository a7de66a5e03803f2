import type { Knex } from '../../admin-api/db/knex.ts';

export const QUEUE_PEOPLE = 5_000;
const CONNECTIONS = 500;
const DAY_MS = 86_400_000;
/** In one reason of a thousand, and in one of all. */
export const SELDOM_WORD = 'mainframe';
export const ONLY_WORD = 'INC-777777';
/** One pending request in 200 waits for this person alone; the others for any Admin, or for the Owner. */
export const NAMED_REVIEWER = 'per_demo_admin2';

/**
 * Requests as a year of use would leave them: of many people, for many things, the newest of them pending.
 * @param anyAdmin whether pending ones wait for any Admin; otherwise for the Owner, so that an Admin has to find theirs
 */
export async function loadAccessRequests(
  knex: Knex,
  { count, pending, anyAdmin }: { readonly count: number; readonly pending: number; readonly anyAdmin: boolean },
): Promise<void> {
  await knex.raw('TRUNCATE reviews, grants, access_requests CASCADE');
  await knex.raw(
    `INSERT INTO people (id, email, name, role)
     SELECT 'per_' || n, 'person' || n || '@example.com', 'Person ' || md5(n::text), 'member' FROM generate_series(1, ?) n
     ON CONFLICT DO NOTHING`,
    [QUEUE_PEOPLE],
  );
  await knex.raw(
    `INSERT INTO resources (type, id, name, environment, minimum_role, discoverable)
     SELECT 'connection', 'c' || n, 'Connection ' || n, 'env' || n % 10, 'viewer', 'full' FROM generate_series(1, ?) n
     ON CONFLICT DO NOTHING`,
    [CONNECTIONS],
  );
  await knex.raw(
    `INSERT INTO access_requests (id, requester_id, kind, resource_type, resource_id, reason, duration_seconds, status, stages,
                                  policy_reasons, policy_revision, submitted_at, pending_until, decided_at)
     SELECT 'req_' || n, 'per_' || n % :people::integer + 1, 'resource', 'connection', 'c' || (n / :people::integer + n) % :connections::integer + 1,
            'Ticket INC-' || n || ': deploy and look at the logs of the service' ||
              CASE WHEN n % 1000 = 7 THEN ' on the ' || :seldom::text ELSE '' END || CASE WHEN n = 40000 THEN ' ' || :only::text ELSE '' END,
            3600, CASE WHEN n > :decided::integer THEN 'pending' WHEN n % 5 = 0 THEN 'denied' ELSE 'approved' END,
            jsonb_build_array(jsonb_build_object('name', 'Review', 'approvals_required', 1, 'reviewers',
              CASE WHEN n % 200 = 3 THEN jsonb_build_object('roles', '[]'::jsonb, 'people', jsonb_build_array(:named::text), 'scope_owners', false)
                   WHEN n % 20 = 5 THEN '{"roles": [], "people": [], "scope_owners": true}'::jsonb
                   ELSE jsonb_build_object('roles', :roles::jsonb, 'people', '[]'::jsonb, 'scope_owners', false) END)),
            '[]', 'bench', to_timestamp(:now::float8 / 1000) - (:count::integer - n) * interval '10 minutes',
            CASE WHEN n > :decided::integer THEN to_timestamp((:now::float8 + :day::float8) / 1000) + (n % 1000) * interval '1 second'
                 ELSE to_timestamp(:now::float8 / 1000) - (:count::integer - n) * interval '10 minutes' + interval '1 day' END,
            CASE WHEN n > :decided::integer THEN NULL ELSE to_timestamp(:now::float8 / 1000) - (:count::integer - n) * interval '9 minutes' END
       FROM generate_series(1, :count::integer) n`,
    {
      people: QUEUE_PEOPLE,
      connections: CONNECTIONS,
      seldom: SELDOM_WORD,
      only: ONLY_WORD,
      named: NAMED_REVIEWER,
      roles: JSON.stringify(anyAdmin ? ['admin', 'owner'] : ['owner']),
      decided: count - pending,
      count,
      now: Date.now(),
      day: DAY_MS,
    },
  );
  await knex.raw(
    `INSERT INTO reviews (id, request_id, reviewer_id, verdict, created_at)
     SELECT 'rev_' || id, id, 'per_demo_admin', CASE status WHEN 'denied' THEN 'deny' ELSE 'approve' END, decided_at
       FROM access_requests WHERE status <> 'pending'`,
  );
  await knex.raw('VACUUM ANALYZE access_requests, reviews, people, resources, scopes');
}
