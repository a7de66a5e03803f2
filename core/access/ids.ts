import { z } from 'zod';

/** What each opaque id starts with. The prefix is for people reading logs; programs must not parse it. */
export const ID_PREFIXES = {
  person: 'per',
  accessRequest: 'req',
  bundle: 'bdl',
  task: 'tsk',
  accessClient: 'cli',
  review: 'rev',
  grant: 'grt',
  evaluation: 'ev',
  event: 'evt',
  sidecar: 'sdc',
  session: 'ses',
  notification: 'ntf',
  slackMessage: 'slm',
  delivery: 'dlv',
  webhook: 'whk',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const RANDOM_BYTES = 16;
/** Asking the generator for many bytes costs hardly more than asking for sixteen. */
const pool = Buffer.alloc(RANDOM_BYTES * 256);
let used = pool.byteLength;

/** A new opaque id: prefix, underscore, 128 random bits as 32 hex digits. */
export function newId(kind: IdKind): string {
  if (used === pool.byteLength) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return `${ID_PREFIXES[kind]}_${pool.toString('hex', used - RANDOM_BYTES, used)}`;
}

export const opaqueId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_.:@-]+$/, 'may hold letters, digits and _ . : @ - only');

/** Ids that people choose: of resources and Scopes. They appear in URLs and Rego, so no spaces, slashes or colons. */
export const slug = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/, 'must be lower-case letters, digits, dots, dashes or underscores');
