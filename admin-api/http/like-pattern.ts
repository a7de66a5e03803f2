/** `text` anywhere, taken literally: `%`, `_` and the backslash are what LIKE would give a meaning to. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`;
}
