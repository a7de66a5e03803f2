import { z } from 'zod';
import { count } from '../setting-values.ts';

/** The signed assertion of who calls that upstreams get (docs/identity.md). */
export const assertionSchema = z
  .strictObject({
    enabled: z.boolean().default(true),
    lifetime_seconds: z.int().min(1).max(3_600).default(60),
    /** How often the key that signs is changed. */
    rotate_ms: z.int().min(1_000).max(2_147_483_647).default(86_400_000),
    /** Signed ones that are kept for the next request. */
    remembered: count.default(10_000),
  })
  .refine((assertion) => assertion.rotate_ms >= assertion.lifetime_seconds * 1000, {
    path: ['rotate_ms'],
    message: 'must be at least the lifetime, or keys would go before what they have signed',
  })
  .prefault({});

/** For whom it is, on one route: the route's resource, the upstream's origin, or nobody. */
export const routeAssertionSchema = z.enum(['resource', 'upstream', 'off']).default('resource');
