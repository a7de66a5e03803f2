import { parseArgs } from 'node:util';

/** `--rate N`: requests a second beside what is measured, for a machine that is slower or busy. @throws for anything else */
export function readRate(args: readonly string[], usual: number): number {
  const { values } = parseArgs({ args: [...args], options: { rate: { type: 'string', default: String(usual) } } });
  if (!/^[1-9]\d{0,6}$/.test(values.rate)) throw new Error(`--rate takes requests a second; got ${values.rate}.`);
  return Number(values.rate);
}
