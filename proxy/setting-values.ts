import { z } from 'zod';

/** Kinds of values that several parts of the configuration are made of. */

export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .refine((value) => !/[?#]/.test(value), { message: 'must have no query or fragment' })
  .refine(hasNoUser, { message: 'must hold no user name or password' })
  .transform((value) => value.replace(/\/+$/, ''));

export const originUrl = httpUrl.refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', {
  message: 'must have no path',
});

export const port = z.int().min(0).max(65_535);
export const milliseconds = z.int().min(0).max(2_147_483_647);
export const positiveMilliseconds = z.int().min(1).max(2_147_483_647);
export const count = z.int().min(1).max(1_000_000_000);
/** Path of a file. */
export const file = z.string().min(1);

/** What is no URL at all has been told of already, and is looked at here all the same. */
export function hasNoUser(value: string): boolean {
  if (!URL.canParse(value)) return true;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

/** One of these or a list of them; what is wrong is told of the very member, which a union of both would not. */
export function oneOrMore<Schema extends z.ZodType>(
  schema: Schema,
  most: number,
): z.ZodType<z.output<Schema> | z.output<Schema>[], z.input<Schema> | z.input<Schema>[]> {
  const list = z.array(schema).min(1).max(most);
  return z.unknown().transform((value, context) => {
    const parsed = (Array.isArray(value) ? list : schema).safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: value } as never);
    return z.NEVER;
  }) as never;
}
