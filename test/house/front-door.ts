import { ROOMS } from './source-tree.ts';

/** Paths of the repository and npm scripts that a document names. */
export interface Mentions {
  readonly paths: readonly string[];
  readonly scripts: readonly string[];
}

const TOP_FOLDERS = new Set<string>([...ROOMS, 'docs', 'helm', '.ci']);

/** Made by a build, so absent from a fresh clone. */
const BUILT = /^console\/dist\b/;

/** Reads inline code, links and fenced code; a word is a path when it starts with one of our top folders and a slash. */
export function mentionsOf(markdown: string): Mentions {
  const paths = new Set<string>();
  for (const { 0: word, index } of markdown.matchAll(/[\w.@-]+(?:\/[\w.@-]*)+/g)) {
    const path = word.replace(/\.$/, '');
    if (TOP_FOLDERS.has(path.split('/')[0]!) && !BUILT.test(path) && !/[/:=?&]$/.test(markdown.slice(0, index)))
      paths.add(path);
  }
  const scripts = new Set<string>();
  for (const [, script] of markdown.matchAll(/npm run ([\w:-]+)/g)) scripts.add(script!);
  return { paths: [...paths], scripts: [...scripts] };
}
