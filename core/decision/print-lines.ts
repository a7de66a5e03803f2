/** The host built-in that `print()` becomes where `opa build --wasm-include-print` keeps it. */
export const PRINT_BUILTIN = 'internal.print';

/** Of one evaluation; what is printed beyond that is dropped, and said to be. */
const MAX_LINES = 100;
const MAX_LINE_CHARS = 2_000;

/**
 * What a policy prints while it answers one question. Whoever does not want it gets a built-in that does nothing, so that
 * a bundle that prints runs all the same and nothing of its input is kept.
 */
export class PrintLines {
  readonly #wanted: boolean;
  #lines: string[] = [];
  #dropped = 0;

  constructor(wanted: boolean) {
    this.#wanted = wanted;
  }

  /** @param operands for each argument of print() all values it may have; none where it is undefined */
  readonly print = (operands: unknown): true => {
    if (this.#wanted) for (const line of spell(operands)) this.#add(line);
    return true;
  };

  /** What was printed since it was asked last. */
  take(): readonly string[] {
    if (this.#lines.length === 0) return [];
    const lines = this.#dropped === 0 ? this.#lines : [...this.#lines, `(${this.#dropped} more lines)`];
    this.#lines = [];
    this.#dropped = 0;
    return lines;
  }

  #add(line: string): void {
    if (this.#lines.length >= MAX_LINES) this.#dropped += 1;
    else this.#lines.push(line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line);
  }
}

/** As `opa eval` writes it: arguments side by side, text as it is, one line for each combination of values. */
function* spell(operands: unknown): Generator<string> {
  if (!Array.isArray(operands)) return;
  let lines: string[] = [''];
  for (const [index, values] of (operands as unknown[]).entries()) {
    const texts = Array.isArray(values) && values.length > 0 ? values.map(textOf) : ['<undefined>'];
    lines = lines
      .flatMap((line) => texts.map((text) => (index === 0 ? text : `${line} ${text}`)))
      .slice(0, MAX_LINES + 1);
  }
  yield* lines;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
