import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

/** Beside the file in use there is one older one, so a log takes twice this at the most. */
const MAX_BYTES = 16_777_216;

export interface BoundedLog {
  writeLine(line: string): void;
  close(): void;
}

/**
 * Lines in a file that only its owner can read. What an earlier run has left, and what no longer fits, is kept once
 * under `<path>.1`.
 */
export function openBoundedLog(path: string, maxBytes = MAX_BYTES): BoundedLog {
  let bytes = 0;
  let file: number | null = startAnew(path);
  return {
    writeLine(line) {
      if (file === null) return;
      const text = Buffer.from(`${line}\n`);
      if (bytes > 0 && bytes + text.byteLength > maxBytes) {
        closeSync(file);
        file = startAnew(path);
        bytes = 0;
      }
      try {
        // At once, not later: these lines are read after a crash.
        writeSync(file, text);
        bytes += text.byteLength;
      } catch {
        // A full disk costs lines of the log, not what is logged about.
      }
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

function startAnew(path: string): number {
  try {
    renameSync(path, `${path}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return openSync(path, 'w', 0o600);
}
