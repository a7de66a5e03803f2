import { z } from 'zod';
import { SealedText } from '../process/sealed-text.ts';

const positionSchema = z.strictObject({ after: z.string(), limit: z.int().nullable() });
/** Where a search goes on. */
export type PagePosition = z.infer<typeof positionSchema>;

/**
 * The opaque `next_token`s of searches. They are encrypted, because the last candidate tried may be one the caller may
 * not learn of, and bound to the search, so that one can't be used to go on with another.
 */
export class PageTokens {
  readonly #sealed: SealedText;

  /** @param secret the same for every process that is to understand the tokens */
  constructor(secret: string) {
    this.#sealed = new SealedText(secret, 'hallpass search page token');
  }

  seal(position: PagePosition, search: string): string {
    return this.#sealed.seal(JSON.stringify(position), search);
  }

  /** null: not ours, or not of this search. */
  open(token: string, search: string): PagePosition | null {
    const text = this.#sealed.open(token, search);
    if (text === null) return null;
    try {
      return positionSchema.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }
}
