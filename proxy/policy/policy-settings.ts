import { z } from 'zod';
import { BUNDLE_ALGORITHMS } from '../../core/decision/bundle-signature.ts';
import { clientTlsSchema } from '../management/client-tls.ts';
import { httpUrl, positiveMilliseconds } from '../setting-values.ts';

/** A key to check signatures with, as OPA's configuration has them under `keys`. */
const keySchema = z
  .strictObject({
    algorithm: z.enum(BUNDLE_ALGORITHMS).default('RS256'),
    /** Public key or certificate in PEM. */
    key: z.string().min(1).optional(),
    /** The same in a file, read at the start. */
    file: z.string().min(1).optional(),
    scope: z.string().default(''),
  })
  .refine(({ key, file }) => (key === undefined) !== (file === undefined), { message: 'needs one of key and file' });

/** Whose policies count. With it an unsigned bundle is refused. */
const signingSchema = z
  .strictObject({
    keys: z
      .record(z.string().min(1).max(200), keySchema)
      .refine((keys) => Object.keys(keys).length > 0, { message: 'needs a key' }),
    /** The one key to check with; left out: the one that a signature names. */
    keyid: z.string().min(1).optional(),
    /** What signatures must be made for; left out: the scope of the key. */
    scope: z.string().default(''),
    /** `required`: a signature must say when it was made (`iat`), so that an older policy can't come back. */
    issued_at: z.enum(['required', 'optional']).default('required'),
    /** How far the clock of the signer may be ahead. */
    clock_tolerance_seconds: z.int().min(0).max(86_400).default(300),
  })
  .refine(({ keys, keyid }) => keyid === undefined || Object.hasOwn(keys, keyid), {
    message: 'is none of the keys',
    path: ['keyid'],
  });
export type SigningSettings = z.output<typeof signingSchema>;

const isUrl = (text: string): boolean => /^https?:/i.test(text);

export const policySchema = z
  .strictObject({
    /** Path of the compiled bundle, or its http(s):// URL. A new one replaces the old whole. */
    bundle: z
      .string()
      .min(1)
      .refine((text) => !isUrl(text) || httpUrl.safeParse(text).success, {
        message: 'must be a path, or an http:// or https:// URL without query and password',
      }),
    /** What decision logs and status call it. */
    name: z.string().min(1).max(200).default('hallpass'),
    /** How often a file is looked at. */
    poll_ms: positiveMilliseconds.default(1_000),
    /** How often a URL is asked: after a random time between the two. */
    min_delay_ms: positiveMilliseconds.default(10_000),
    max_delay_ms: positiveMilliseconds.default(30_000),
    /** How long the server may hold its answer back until there is something new; 0: not asked to. */
    long_poll_seconds: z.int().min(0).max(3_600).default(0),
    /** For a URL. The bearer token is HALLPASS_POLICY_TOKEN. */
    tls: clientTlsSchema.optional(),
    signing: signingSchema.optional(),
    /** Keeps the last good bundle and the newest accepted signature over restarts. */
    persist_directory: z.string().min(1).optional(),
  })
  .refine(({ min_delay_ms: least, max_delay_ms: most }) => least <= most, {
    message: 'must not be below min_delay_ms',
    path: ['max_delay_ms'],
  })
  .refine(({ bundle, signing }) => signing !== undefined || !/^http:/i.test(bundle) || isLoopback(bundle), {
    message: 'over http:// anybody on the way could replace the policy: use https://, or set policy.signing',
    path: ['bundle'],
  });
export type PolicySettings = z.output<typeof policySchema>;

export function isBundleUrl(bundle: string): boolean {
  return isUrl(bundle);
}

/** Whether a URL leads to this machine itself. */
function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}
