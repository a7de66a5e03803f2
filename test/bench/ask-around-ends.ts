import { setImmediate as nextTurn } from 'node:timers/promises';
import { getRequest, RawConnection } from './raw-connection.ts';

/** Milliseconds since the epoch, whole ones, as grants end. */
export interface Asked {
  readonly endMs: number;
  readonly sentMs: number;
  readonly answeredMs: number;
  /** 0: no answer. */
  readonly status: number;
}

/** When each person asks, from the end of their grant. */
const OFFSETS_MS = [-50, 0, 1, 5];
const CONNECTIONS = 64;
const LONGEST_NAP_MS = 0.1;

/** Asks for each token around its end, never before its moment; when answers are slow, later. */
export async function askAroundEnds({
  port,
  path,
  tokens,
  endOf,
}: {
  readonly port: number;
  readonly path: string;
  readonly tokens: readonly string[];
  readonly endOf: (index: number) => number;
}): Promise<Asked[]> {
  const requests = tokens.map((token) => getRequest(path, token));
  const plan = tokens
    .flatMap((_, index) => OFFSETS_MS.map((offset) => ({ index, endMs: endOf(index), dueMs: endOf(index) + offset })))
    .toSorted((a, b) => a.dueMs - b.dueMs);
  const free = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawConnection.open(port)));
  const all = [...free];
  const asked: Asked[] = [];
  const giveBack = async (connection: RawConnection): Promise<void> => {
    if (!connection.isBroken) {
      free.push(connection);
      return;
    }
    const another = await RawConnection.open(port);
    all.push(another);
    free.push(another);
  };
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let next = 0;
  let failure: unknown = null;
  while (asked.length < plan.length) {
    if (failure !== null) throw failure;
    while (next < plan.length && plan[next]!.dueMs <= Date.now() && free.length > 0) {
      const { index, endMs } = plan[next]!;
      next += 1;
      const connection = free.pop()!;
      const sentMs = Date.now();
      connection.send(requests[index]!, (answer) => {
        asked.push({ endMs, sentMs, answeredMs: Date.now(), status: answer instanceof Error ? 0 : answer.status });
        giveBack(connection).catch((error: unknown) => (failure = error));
      });
    }
    Atomics.wait(nap, 0, 0, LONGEST_NAP_MS);
    await nextTurn();
  }
  for (const connection of all) connection.close();
  return asked;
}
