import { startChild } from '../support/child-process.ts';
import type { PacedPlan, PacedResult } from './paced-load.ts';

const SLACK_MS = 60_000;

/**
 * A constant rate of requests from a process of its own.
 * @param signal ends it before its time
 * @throws Error when it could not be held to its end
 */
export async function runPacedLoad(plan: PacedPlan, signal?: AbortSignal): Promise<PacedResult> {
  const child = startChild('test/bench/paced-load.ts', [JSON.stringify(plan)]);
  const end = (): void => child.kill('SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  try {
    const line = await child.line('result ', plan.seconds * 1000 + SLACK_MS);
    return JSON.parse(line.slice('result '.length)) as PacedResult;
  } finally {
    signal?.removeEventListener('abort', end);
    end();
    await child.ended;
  }
}
