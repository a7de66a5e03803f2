/**
 * Whether an object anywhere in a JSON text has a member twice. `JSON.parse` keeps the last, other parsers the first
 * (RFC 7515 section 4, RFC 7519 section 4, RFC 8259 section 4): such a text says two things.
 *
 * @param json a text that `JSON.parse` takes
 */
export function hasTwinMembers(json: string): boolean {
  /** Names seen so far, of the objects that are open; null for a list. */
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      const start = at;
      for (at += 1; json[at] !== '"' && at < json.length; at += 1) if (json[at] === '\\') at += 1;
      const names = open.at(-1);
      if (!isName || names === null || names === undefined) continue;
      isName = false;
      // Through the parser, because "sub" can be written with escapes too.
      const name = JSON.parse(json.slice(start, at + 1)) as string;
      if (names.has(name)) return true;
      names.add(name);
    } else if (character === '{') {
      open.push(new Set());
      isName = true;
    } else if (character === '[') {
      open.push(null);
      isName = false;
    } else if (character === '}' || character === ']') {
      open.pop();
      isName = false;
    } else if (character === ',') isName = (open.at(-1) ?? null) !== null;
  }
  return false;
}
