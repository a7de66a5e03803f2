import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { usePlainMessages } from '../../../core/process/plain-messages.ts';

describe('what validation says', () => {
  beforeAll(usePlainMessages);
  const said = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

  it.each([
    [z.iso.datetime(), 'tomorrow', 'must be a time with its zone, like 2026-11-24T18:00:00Z'],
    [z.array(z.string()).min(1), [], 'must hold at least 1 entry'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'must hold at most 2 entries'],
    [z.string().max(1), 'ab', 'must have at most 1 character'],
    [z.int().min(1), 0, 'must be at least 1'],
  ])('%#: names the way out', (schema, value, message) => {
    expect(said(schema, value)).toBe(message);
  });
});
