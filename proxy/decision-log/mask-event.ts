import { z } from 'zod';
import type { DecisionEvent } from './decision-event.ts';

const ROOTS = ['input', 'result', 'nd_builtin_cache'] as const;

const pointer = z
  .string()
  .max(1_000)
  .refine((path) => ROOTS.some((root) => path === `/${root}` || path.startsWith(`/${root}/`)), {
    message: 'must be a JSON pointer that begins with /input or /result',
  });

/** One rule of OPA's masking (OPA documentation, "Decision Logs", section "Masking Sensitive Data"); text alone removes. */
export const maskRuleSchema = z.union([
  pointer,
  z.strictObject({ op: z.literal('remove'), path: pointer, value: z.json().optional() }),
  z.strictObject({ op: z.literal('upsert'), path: pointer, value: z.json() }),
]);
export type MaskRule = z.output<typeof maskRuleSchema>;

const maskRulesSchema = z.array(maskRuleSchema).max(10_000);

/** What the context of a question has by itself; everything else an app said. */
const OWN_CONTEXT: ReadonlySet<string> = new Set(['path', 'host', 'source_ip', 'time']);

/**
 * What `system.log.mask` answered, in an order that does not change: Rego's sets have none.
 * @throws Error when it is no list of rules: then nothing may be logged, for nobody knows what was to be hidden
 */
export function readMaskRules(answer: unknown): readonly MaskRule[] {
  if (answer === undefined) return [];
  const parsed = maskRulesSchema.safeParse(answer);
  if (!parsed.success) throw new Error('system.log.mask answered no list of mask rules');
  return parsed.data.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function sortKey(rule: MaskRule): string {
  return typeof rule === 'string' ? `0${rule}` : `1${JSON.stringify(rule)}`;
}

/** The pointers to what an app said in the context of its question. */
export function appContextRules(event: DecisionEvent): readonly MaskRule[] {
  const { context } = (event.input ?? {}) as { readonly context?: object };
  if (context === undefined) return [];
  return Object.keys(context)
    .filter((name) => !OWN_CONTEXT.has(name))
    .map((name) => `/input/context/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/** A copy of the event after the rules, which says in `erased` and `masked` what they changed. */
export function maskEvent(event: DecisionEvent, rules: readonly MaskRule[]): DecisionEvent {
  if (rules.length === 0) return event;
  const copy: DecisionEvent = structuredClone(event);
  const erased: string[] = [];
  const masked: string[] = [];
  for (const rule of rules) {
    if (typeof rule === 'string' || rule.op === 'remove') {
      const path = typeof rule === 'string' ? rule : rule.path;
      if (remove(copy, partsOf(path))) erased.push(path);
    } else if (upsert(copy, partsOf(rule.path), rule.value)) masked.push(rule.path);
  }
  if (erased.length > 0) copy.erased = erased;
  if (masked.length > 0) copy.masked = masked;
  return copy;
}

/** RFC 6901, section 4. */
function partsOf(path: string): string[] {
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Holder = Record<string, unknown>;

/** Lists are read by their indexes. */
function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

function remove(event: DecisionEvent, parts: readonly string[]): boolean {
  let holder: unknown = event;
  for (const part of parts.slice(0, -1)) holder = isHolder(holder) && Object.hasOwn(holder, part) ? holder[part] : null;
  const last = parts.at(-1)!;
  if (!isHolder(holder) || !Object.hasOwn(holder, last)) return false;
  if (!Array.isArray(holder)) delete holder[last];
  else if (/^\d+$/.test(last)) holder.splice(Number(last), 1);
  else return false;
  return true;
}

function upsert(event: DecisionEvent, parts: readonly string[], value: unknown): boolean {
  const [root] = parts;
  // Nothing to mask in what is not there: an event without input stays one.
  if (root === undefined || !Object.hasOwn(event, root)) return false;
  let holder: unknown = event;
  for (const part of parts.slice(0, -1)) {
    if (!isHolder(holder)) return false;
    if (!Object.hasOwn(holder, part)) {
      if (Array.isArray(holder)) return false;
      define(holder, part, {});
    }
    holder = holder[part];
  }
  const last = parts.at(-1)!;
  if (!isHolder(holder)) return false;
  if (Array.isArray(holder) && !(/^\d+$/.test(last) && Number(last) < holder.length)) return false;
  define(holder, last, value);
  return true;
}

/** Plain assignment to `__proto__` would set the prototype. */
function define(holder: Holder, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}
