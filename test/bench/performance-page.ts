import { readFile, writeFile } from 'node:fs/promises';
import { markdownTable, type Table } from './report.ts';

const PAGE = new URL('../../docs/performance.md', import.meta.url);

/** Puts each table between its markers, `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`. @throws when the page has no such place */
export async function writeToPage(tables: readonly Table[]): Promise<void> {
  let page = await readFile(PAGE, 'utf8');
  for (const one of tables) {
    const begin = `<!-- bench:${one.name} -->\n`;
    const end = `<!-- /bench:${one.name} -->`;
    const from = page.indexOf(begin);
    const to = page.indexOf(end);
    if (from === -1 || to < from) throw new Error(`docs/performance.md has no place for "${one.name}".`);
    page = `${page.slice(0, from + begin.length)}${markdownTable(one)}\n${page.slice(to)}`;
  }
  await writeFile(PAGE, page);
}
