import type { Measurement, Table, Tell } from './report.ts';

/** One thing that can be measured by itself. */
export interface BenchPart {
  readonly name: string;
  /** @param args options of the command line that are its own */
  readonly measure: (tell: Tell, args: readonly string[]) => Promise<void>;
  /** @param measured all it told */
  readonly tables: (measured: readonly Measurement[]) => readonly Table[];
}
