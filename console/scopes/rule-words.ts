import type { ScopeRule } from '../../core/access/scope.ts';

/** The levels, the widest first. */
export const RULE_LEVELS: readonly { readonly value: ScopeRule['level']; readonly label: string }[] = [
  { value: 'environment', label: 'Environment' },
  { value: 'connection', label: 'Connection' },
  { value: 'target', label: 'Target' },
];

/** `environment production` */
export function ruleWords({ level, id }: ScopeRule): string {
  return `${level} ${id}`;
}
