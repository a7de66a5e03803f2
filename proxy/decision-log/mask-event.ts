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
  const copy: DecisionEvent = { ...event };
  const owned: Owned = new Set([copy]);
  const erased: string[] = [];
  const masked: string[] = [];
  for (const rule of rules) {
    if (typeof rule === 'string' || rule.op === 'remove') {
      const path = typeof rule === 'string' ? rule : rule.path;
      if (remove(copy, partsOf(path), owned)) erased.push(path);
    } else if (upsert(copy, partsOf(rule.path), rule.value, owned)) masked.push(rule.path);
  }
  if (erased.length > 0) copy.erased = erased;
  if (masked.length > 0) copy.masked = masked;
  return copy;
}

/** RFC 6901, section 4. */
function partsOf(path: string): string[] {
  const parts = path.slice(1).split('/');
  return path.includes('~') ? parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')) : parts;
}

type Holder = Record<string, unknown>;

/** What is this event's own; everything else is shared with the decision and the facts, and copied before it is changed. */
type Owned = Set<object>;

/** Lists are read by their indexes. */
function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

function ownMember(holder: Holder, name: string, owned: Owned): Holder | null {
  const member = Object.hasOwn(holder, name) ? holder[name] : null;
  if (!isHolder(member)) return null;
  if (owned.has(member)) return member;
  const copy = (Array.isArray(member) ? [...(member as unknown[])] : { ...member }) as Holder;
  owned.add(copy);
  define(holder, name, copy);
  return copy;
}

function remove(event: DecisionEvent, parts: readonly string[], owned: Owned): boolean {
  let holder: Holder | null = event as unknown as Holder;
  for (const part of parts.slice(0, -1)) {
    holder = ownMember(holder, part, owned);
    if (holder === null) return false;
  }
  const last = parts.at(-1)!;
  if (!Object.hasOwn(holder, last) || holder[last] === undefined) return false;
  // JSON leaves it out, and an object that members are deleted from is slow from then on.
  if (!Array.isArray(holder)) define(holder, last, undefined);
  else if (/^\d+$/.test(last)) holder.splice(Number(last), 1);
  else return false;
  return true;
}

function upsert(event: DecisionEvent, parts: readonly string[], value: unknown, owned: Owned): boolean {
  let holder: Holder | null = event as unknown as Holder;
  // Nothing to mask in what is not there: an event without input stays one.
  if (holder[parts[0]!] === undefined) return false;
  for (const part of parts.slice(0, -1)) {
    const isThere = Object.hasOwn(holder, part) && holder[part] !== undefined;
    if (!isThere && !Array.isArray(holder)) define(holder, part, {});
    holder = ownMember(holder, part, owned);
    if (holder === null) return false;
  }
  const last = parts.at(-1)!;
  if (Array.isArray(holder) && !(/^\d+$/.test(last) && Number(last) < holder.length)) return false;
  define(holder, last, value);
  return true;
}

/** Plain assignment to `__proto__` would set the prototype. */
function define(holder: Holder, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
  } else holder[name] = value;
}
