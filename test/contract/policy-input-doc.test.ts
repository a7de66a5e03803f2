import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ALLOW_REASONS, POLICY_DENY_REASONS } from '../../core/access/reason-code.ts';
import { ROLES } from '../../core/access/role.ts';
import { decisionInputSchema } from '../../core/decision/decision-input.ts';
import { answerSchema } from '../../core/decision/decision.ts';
import { HOST_BUILTINS } from '../../core/decision/opa-policy-engine.ts';
import { requestAnswerSchema, requestInputSchema } from '../../core/decision/request-input.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

const REASONS: ReadonlySet<unknown> = new Set([...ALLOW_REASONS, ...POLICY_DENY_REASONS]);

const DOC = await readFile(new URL('../../docs/policy-input.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, as field -> type. */
function documented(heading: string): Record<string, string> {
  const section = DOC.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]*\S[^|]* \|$/gm)];
  return Object.fromEntries(rows.map(([, field, type]) => [field, type?.trim()]));
}

/** Every field of a schema as the doc writes it: `grants[].id` -> `text`. */
function fieldsOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, string> {
  const fields: Record<string, Set<string>> = {};
  collect(z.toJSONSchema(schema, { io }) as JsonSchema, '', fields);
  return Object.fromEntries(Object.entries(fields).map(([field, types]) => [field, spell(types)]));
}

function collect(schema: JsonSchema, path: string, fields: Record<string, Set<string>>): void {
  const add = (type: string) => (fields[path] ??= new Set()).add(type);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) {
    for (const branch of branches) collect(branch, path, fields);
  } else if (schema.const !== undefined) add(`\`${JSON.stringify(schema.const)}\``);
  else if (schema.enum !== undefined) {
    if (String(schema.enum) === String(ROLES)) add('role');
    else if (schema.enum.every((value) => REASONS.has(value))) add('reason');
    else for (const value of schema.enum) add(`\`${JSON.stringify(value)}\``);
  } else if (schema.properties !== undefined) {
    if (path !== '') add('object');
    for (const [name, member] of Object.entries(schema.properties)) {
      collect(member, path === '' ? name : `${path}.${name}`, fields);
    }
  } else if (schema.type === 'array') {
    const item: Record<string, Set<string>> = {};
    collect(schema.items ?? {}, `${path}[]`, item);
    const { [`${path}[]`]: own, ...members } = item;
    add(`list of ${spell(own ?? new Set(['any']))}`);
    Object.assign(fields, members);
  } else for (const type of [schema.type ?? 'any'].flat()) add(WORDS[type] ?? type);
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: '`true` or `false`',
};

function spell(types: ReadonlySet<string>): string {
  const boolean = types.has('`true`') && types.has('`false`') ? ['`true` or `false`'] : [];
  const others = [...types].filter((type) => type !== 'null' && !(boolean.length > 0 && /^`(true|false)`$/.test(type)));
  return [...boolean, ...others, ...(types.has('null') ? ['`null`'] : [])].join(' or ');
}

describe('docs/policy-input.md', () => {
  it.each([
    ['Input of the decision', decisionInputSchema, 'output'],
    ['Answer of the decision', answerSchema, 'input'],
    ['Input of the request policy', requestInputSchema, 'output'],
    ['Answer of the request policy', requestAnswerSchema, 'input'],
  ] as const)('lists every field with its type: %s', (heading, schema, io) => {
    expect(documented(heading)).toEqual(fieldsOf(schema, io));
  });

  it('lists the reasons a policy may give', () => {
    const section = DOC.split(/^#+ /m).find((part) => part.startsWith('Reasons\n')) ?? '';
    const listed = [...section.matchAll(/^\| `([a-z-]+)` \| (allow|deny) \| /gm)];
    const reasonsOf = (answer: string) => listed.filter((row) => row[2] === answer).map((row) => row[1]);
    expect(reasonsOf('allow')).toEqual([...ALLOW_REASONS]);
    expect(reasonsOf('deny')).toEqual([...POLICY_DENY_REASONS]);
  });

  it('names the host built-ins that are there', () => {
    for (const name of HOST_BUILTINS) expect(DOC).toContain(`\`${name}\``);
  });
});
