/** A small generator of numbers that are the same for the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }
}

/** What trips parsers, whatever they parse. */
const TRIPWIRES: readonly string[] = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\t',
  ' ',
  '\x0b',
  '\x7f',
  '\xff',
  '\xc0\xae',
  '\xed\xa0\x80',
  '-1',
  '0',
  '00',
  '+1',
  '0x10',
  '1e9',
  '65536',
  '4294967296',
  '9007199254740993',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '"',
  "'",
  '\\',
  '\\u0000',
  '\\ud800',
  '%00',
  '%2e%2e',
  '%2f',
  '..',
  '/',
  '//',
  ';',
  ',',
  ':',
  '=',
  '&',
  '?',
  '#',
  '*',
  '__proto__',
  'constructor',
  '[[[[[[[[',
  '{"a":',
  '&a [*a,*a]',
  '!!js/function',
  '<<: ',
];

/**
 * `seed` with one to four changes: bits, bytes, runs of bytes, and words out of the dictionary. Most of what comes out is
 * still nearly right, and so gets past the first look.
 * @param dictionary what means something to the parser under test, as latin-1
 */
export function mutate(seed: Buffer, dice: Dice, dictionary: readonly string[]): Buffer {
  let bytes: Buffer = Buffer.from(seed);
  for (let changes = 1 + dice.below(4); changes > 0; changes -= 1) bytes = change(bytes, dice, dictionary);
  return bytes;
}

function change(bytes: Buffer, dice: Dice, dictionary: readonly string[]): Buffer {
  const at = dice.below(bytes.byteLength + 1);
  const run = 1 + dice.below(Math.max(1, Math.min(32, bytes.byteLength - at)));
  const insert = (middle: Buffer, skipped = 0): Buffer =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + skipped)]);
  switch (dice.below(9)) {
    case 0: {
      if (at === bytes.byteLength) return bytes;
      const flipped = Buffer.from(bytes);
      flipped[at] = flipped[at]! ^ (1 << dice.below(8));
      return flipped;
    }
    case 1:
      return insert(Buffer.from([dice.below(256)]), dice.below(2));
    case 2:
      return insert(Buffer.alloc(0), run);
    case 3:
      return insert(bytes.subarray(at, at + run));
    case 4:
      return insert(bytes.subarray(dice.below(bytes.byteLength + 1)).subarray(0, run), run);
    case 5:
      return bytes.subarray(0, at);
    case 6:
      return insert(Buffer.from(dice.oneOf(TRIPWIRES), 'latin1'), dice.below(3));
    default:
      return insert(
        Buffer.from(dice.oneOf(dictionary.length === 0 ? TRIPWIRES : dictionary), 'latin1'),
        dice.below(2) * run,
      );
  }
}

/**
 * Puts `runs` mutants of the seeds to `check`, always the same ones.
 * @throws what `check` throws, with the mutant that made it
 */
export async function fuzz(
  options: {
    readonly seeds: readonly (string | Buffer)[];
    readonly runs: number;
    readonly dictionary?: readonly string[];
    readonly seed?: number;
  },
  check: (bytes: Buffer) => unknown,
): Promise<void> {
  const dice = new Dice(options.seed ?? 1);
  for (let run = 0; run < options.runs; run += 1) {
    const seed = dice.oneOf(options.seeds);
    const bytes = mutate(typeof seed === 'string' ? Buffer.from(seed, 'latin1') : seed, dice, options.dictionary ?? []);
    try {
      await check(bytes);
    } catch (error) {
      const shown = JSON.stringify(bytes.subarray(0, 2_000).toString('latin1'));
      throw new Error(`run ${run}, ${shown}: ${String(error)}`, { cause: error });
    }
  }
}
