import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** What is needed of an event in OPA's decision log format to decide it again. */
const eventSchema = z.object({
  decision_id: z.string(),
  path: z.string().regex(/^\/?[A-Za-z_]\w*(\/[A-Za-z_]\w*)*$/),
  timestamp: z.string().optional(),
  bundles: z.record(z.string(), z.object({ revision: z.string().optional() })).optional(),
  input: z.unknown().optional(),
  result: z.unknown().optional(),
  erased: z.array(z.string()).default([]),
  masked: z.array(z.string()).default([]),
});
export type LoggedEvent = z.output<typeof eventSchema>;

const GZIP_MAGIC = 0x1f8b;

/** The decisions in a log: lines of JSON among other lines, one JSON array, or that gzipped, as they are uploaded. */
export function readDecisions(bytes: Uint8Array): LoggedEvent[] {
  const buffer = Buffer.from(bytes);
  const isGzip = buffer.length > 2 && buffer.readUInt16BE(0) === GZIP_MAGIC;
  const text = (isGzip ? gunzipSync(buffer) : buffer).toString();
  const whole = parse(text);
  const candidates = Array.isArray(whole) ? (whole as unknown[]) : text.split('\n').map(parse);
  return candidates.flatMap((candidate) => {
    const event = eventSchema.safeParse(candidate);
    return event.success ? [event.data] : [];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
