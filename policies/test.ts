/**
 * `npm run policies:test` checks and tests the Rego: strict compilation with every reference to `input` held against
 * the schemas of core/decision, format, unit tests and cases, and that the tests reach every line.
 * Prints `N passed, N failed`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { decisionInputSchema } from '../core/decision/decision-input.ts';
import { requestInputSchema } from '../core/decision/request-input.ts';
import { POLICIES_DIR, SOURCE_DIRS, TABLES } from './compile-policies.ts';
import { findOpa } from './find-opa.ts';

/** A policy is short and decides about everything: a line that no test reaches is a line nobody has seen at work. */
const MINIMUM_COVERAGE_PERCENT = 100;

const TESTED = [...SOURCE_DIRS, TABLES, 'cases'];

interface Finished {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface TestResult {
  readonly package: string;
  readonly name: string;
  readonly fail?: boolean;
  readonly error?: { readonly message?: string };
  readonly location: { readonly file: string; readonly row: number };
  readonly sub_results?: Readonly<Record<string, { readonly fail?: boolean }>>;
}

interface Coverage {
  readonly coverage?: number;
  readonly files: Readonly<
    Record<string, { readonly not_covered?: { readonly start: { row: number }; readonly end: { row: number } }[] }>
  >;
}

function execute(opa: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { cwd: POLICIES_DIR, maxBuffer: 64 * 1024 * 1024 };
    execFile(opa, args, options, (error, stdout, stderr) => resolve({ ok: error === null, stdout, stderr }));
  });
}

/** @returns what is wrong, empty when nothing is */
async function checkTypes(opa: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hallpass-schemas-'));
  try {
    for (const [name, schema] of Object.entries({ authz: decisionInputSchema, request: requestInputSchema })) {
      const text = JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7' }));
      await writeFile(path.join(directory, `${name}.json`), text);
    }
    const checked = await execute(opa, ['check', '--strict', '--schema', directory, ...TESTED]);
    return checked.ok ? '' : checked.stderr || checked.stdout;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function checkFormat(opa: string): Promise<string> {
  const formatted = await execute(opa, ['fmt', '--list', ...SOURCE_DIRS]);
  if (!formatted.ok) return formatted.stderr;
  return formatted.stdout === '' ? '' : `not formatted, run \`opa fmt -w\` on:\n${formatted.stdout}`;
}

/** @returns names of what passed and failed; a test over cases counts once for each */
async function runTests(opa: string): Promise<{ passed: string[]; failed: string[] }> {
  const tested = await execute(opa, ['test', '--format=json', ...TESTED]);
  let results: TestResult[];
  try {
    results = JSON.parse(tested.stdout) as TestResult[];
  } catch {
    throw new Error(tested.stderr || tested.stdout || 'opa test printed nothing');
  }
  const passed: string[] = [];
  const failed: string[] = [];
  for (const result of results) {
    const place = `${result.location.file}:${result.location.row} ${result.name}`;
    const parts = Object.entries(result.sub_results ?? {});
    for (const [name, part] of parts) (part.fail === true ? failed : passed).push(`${place}: ${name}`);
    if (result.error !== undefined) failed.push(`${place}: ${result.error.message ?? 'error'}`);
    else if (parts.length === 0) (result.fail === true ? failed : passed).push(place);
  }
  return { passed, failed };
}

async function checkCoverage(opa: string): Promise<string> {
  const covered = await execute(opa, ['test', '--coverage', '--format=json', ...TESTED]);
  const report = JSON.parse(covered.stdout) as Coverage;
  const percent = report.coverage ?? 0;
  if (percent >= MINIMUM_COVERAGE_PERCENT) return '';
  const lines = Object.entries(report.files).flatMap(([file, { not_covered: gaps = [] }]) =>
    gaps.map((gap) => `${file}:${gap.start.row}-${gap.end.row}`),
  );
  return `the tests reach ${Math.floor(percent * 10) / 10}% of the lines, not ${MINIMUM_COVERAGE_PERCENT}%:\n${lines.join('\n')}`;
}

async function test(): Promise<boolean> {
  const opa = await findOpa(process.env, (line) => console.error(line));
  const { passed, failed } = await runTests(opa);
  for (const name of failed) console.error(`failed: ${name}`);
  // Without passing tests the figure says nothing.
  const coverage = failed.length === 0 ? await checkCoverage(opa) : '';
  const complaints = [await checkTypes(opa), await checkFormat(opa), coverage].filter((text) => text !== '');
  for (const text of complaints) console.error(text.trim());
  console.log(`${passed.length} passed, ${failed.length + complaints.length} failed`);
  return passed.length > 0 && failed.length === 0 && complaints.length === 0;
}

try {
  if (!(await test())) process.exitCode = 1;
} catch (error) {
  console.error((error as Error).message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
