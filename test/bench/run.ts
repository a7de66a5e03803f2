/**
 * `npm run bench`: what the sidecar costs on this machine, beside what people would use instead. Each figure is a line of
 * JSON; the tables after them are for people. Part of no test run.
 * `npm run bench -- decisions peers`: only those named. `--markdown`: writes the tables into docs/performance.md too, of
 * parts that were measured before as well. Options of `peers`: see peers/peers-options.ts.
 */
import type { BenchPart } from './bench-part.ts';
import { cutsPart } from './cuts-part.ts';
import { decisionsPart } from './decisions-part.ts';
import { expiryPart } from './expiry-part.ts';
import { holdPart } from './hold-part.ts';
import { keepResults, readResults } from './kept-results.ts';
import { peersPart } from './peers/peers-part.ts';
import { describeMachine, machineTable } from './machine-table.ts';
import { writeToPage } from './performance-page.ts';
import { promisesTable } from './promises.ts';
import { propagationPart } from './propagation-part.ts';
import { snapshotPart } from './snapshot-part.ts';
import { reportLine, table, type Measurement, type Table } from './report.ts';

const PARTS: readonly BenchPart[] = [
  decisionsPart,
  peersPart,
  holdPart,
  propagationPart,
  snapshotPart,
  cutsPart,
  expiryPart,
];

const { wanted, options, toPage } = readArguments(process.argv.slice(2));
const startedMs = performance.now();
const machine = await describeMachine();
console.log(reportLine(machine));
const measured = new Map<string, readonly Measurement[]>();
for (const part of wanted) {
  const own: Measurement[] = [];
  const tell = (measurement: Measurement): void => {
    own.push(measurement);
    console.log(reportLine(measurement));
  };
  try {
    await part.measure(tell, options);
  } catch (error) {
    // The others are measured all the same: a whole run takes half an hour.
    console.error(`${part.name} was not measured: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
    continue;
  }
  measured.set(part.name, own);
  await keepResults(part.name, [machine, ...own]);
}
for (const part of wanted) {
  for (const one of part.tables(measured.get(part.name) ?? []))
    console.log(`\n${one.name}\n${table(one.header, one.rows)}`);
}
if (toPage) await writeToPage(await allTables());
console.log(`\ntook ${Math.round((performance.now() - startedMs) / 1000)} s`);

/** Of what was measured now or before on this clone. */
async function allTables(): Promise<Table[]> {
  const kept = new Map<string, readonly Measurement[]>();
  for (const { name } of PARTS) kept.set(name, await readResults(name));
  const tables = PARTS.flatMap((part) => part.tables(kept.get(part.name)!));
  return [promisesTable([...kept.values()].flat()), machineTable(kept), ...tables].filter(
    ({ rows }) => rows.length > 0,
  );
}

function readArguments(args: readonly string[]): { wanted: readonly BenchPart[]; options: string[]; toPage: boolean } {
  const firstOption = args.findIndex((one) => one.startsWith('--'));
  const names = firstOption === -1 ? args : args.slice(0, firstOption);
  const rest = firstOption === -1 ? [] : args.slice(firstOption);
  const unknown = names.find((name) => name !== 'none' && !PARTS.some((part) => part.name === name));
  if (unknown !== undefined) {
    console.error(`There is no part ${unknown}; there are ${PARTS.map(({ name }) => name).join(', ')}, and none.`);
    process.exit(2);
  }
  return {
    wanted: names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name)),
    options: rest.filter((one) => one !== '--markdown'),
    toPage: rest.includes('--markdown'),
  };
}
