import { getJson } from './api-client.ts';
import { ApiProblem } from './api-problem.ts';
import type { Page } from './page.ts';

/**
 * One item of something the API only lists: looked for page by page, in the largest pages there are.
 * @throws ApiProblem 404 when no page holds it
 */
export async function findInPages<Item>(
  path: string,
  isWanted: (item: Item) => boolean,
  signal?: AbortSignal,
): Promise<Item> {
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await getJson(path, {
      query: { limit: 200, cursor },
      ...(signal !== undefined && { signal }),
    });
    const found = page.items.find(isWanted);
    if (found !== undefined) return found;
    cursor = page.next_cursor;
  } while (cursor !== null);
  throw new ApiProblem(404, { code: 'not-found', title: 'Not found', detail: 'There is nothing of this name.' });
}
