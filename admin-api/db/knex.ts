import createKnex, { type Knex } from 'knex';
import { types as pgTypes } from 'pg';

export type { Knex };

const INT8_OID = 20;

/** bigint columns hold revisions and sequences, which stay below 2^53 for any lifetime: numbers, not strings. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return oid === INT8_OID ? (text: string) => Number(text) : pgTypes.getTypeParser(oid, format);
  },
};

/** @param databaseUrl libpq URL; `postgresql://user@/db?host=/socket/dir` for a unix socket */
export function openDatabase(databaseUrl: string, maxConnections: number): Knex {
  return createKnex({
    client: 'pg',
    connection: { connectionString: databaseUrl, types } as Knex.PgConnectionConfig,
    pool: { min: 0, max: maxConnections },
    acquireConnectionTimeout: 10_000,
  });
}
