import { WebSocket } from 'ws';

export interface LiveConnection {
  /** How many ticks have arrived. */
  readonly ticks: () => number;
  readonly isOpen: () => boolean;
  /** Resolves with the time (`Date.now()`) at which it was closed by the other side, and a WebSocket's close code. */
  readonly closed: Promise<{ readonly atMs: number; readonly code: number | null }>;
  close(): void;
}

/** An event stream through the proxy. @throws Error when it is refused */
export async function openEventStream(url: string, token: string): Promise<LiveConnection> {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal });
  if (response.status !== 200) throw new Error(`the event stream was refused: ${response.status}`);
  let ticks = 0;
  let open = true;
  const closed = (async () => {
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        ticks += chunk.split('event: tick').length - 1;
      }
    } catch {
      // A stream that is cut ends with an error; that it ended is what counts.
    }
    open = false;
    return { atMs: Date.now(), code: null };
  })();
  return { ticks: () => ticks, isOpen: () => open, closed, close: () => abort.abort() };
}

/** A WebSocket through the proxy. @throws Error when it is refused */
export async function openWebSocket(url: string, token: string): Promise<LiveConnection> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers: { authorization: `Bearer ${token}` } });
  let ticks = 0;
  socket.on('message', (data: Buffer) => {
    if (data.toString().includes('"tick"')) ticks += 1;
  });
  const closed = new Promise<{ atMs: number; code: number | null }>((resolve) => {
    socket.on('close', (code) => resolve({ atMs: Date.now(), code }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return {
    ticks: () => ticks,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    closed,
    close: () => socket.terminate(),
  };
}

/** Whether an upgrade is let in: its status code, 101 when it is. */
export function tryUpgrade(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (request, response) => {
      response.resume();
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', (error) => {
      const match = /Unexpected server response: (\d+)/.exec(error.message);
      if (match === null) reject(error);
      else resolve(Number(match[1]));
    });
  });
}
