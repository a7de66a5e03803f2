/**
 * All that must hold, in one go: types, lint, format, policies, console build, tests. Goes on after a failed step, so
 * that one run shows everything. The last line says `N passed, N failed`: a step counts as one, jest as its tests.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { buildExtAuthzClient } from './support/build-ext-authz-client.ts';
import { installTools } from './support/install-tools.ts';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  run(): Promise<Count>;
}

const jestReportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numRuntimeErrorTestSuites: z.int(),
  numPendingTests: z.int(),
});

const BIN = 'node_modules/.bin';

/** Most tests wait more than they compute, so two even on one core; each may run a whole stack of processes, so few. */
const WORKERS = Math.min(4, Math.max(2, availableParallelism() - 1));

const STEPS: readonly Step[] = [
  command('types', [`${BIN}/tsc`, '--noEmit']),
  command('types of the console', [`${BIN}/tsc`, '--noEmit', '-p', 'console']),
  command('lint', [`${BIN}/oxlint`]),
  command('format', [`${BIN}/oxfmt`, '--check']),
  command('the policy bundle is what the sources compile to', [process.execPath, 'policies/build.ts', '--check']),
  command('policy tests', [process.execPath, 'policies/test.ts']),
  command('console build', [`${BIN}/vite`, 'build', 'console', '--logLevel', 'warn']),
  { name: 'the gRPC client of the tests', run: buildClient },
  { name: 'tests', run: runJest },
];

function command(name: string, [file, ...args]: readonly string[]): Step {
  return { name, run: async () => ((await execute(file!, args)) === 0 ? ONE_PASSED : ONE_FAILED) };
}

const ONE_PASSED: Count = { passed: 1, failed: 0 };
const ONE_FAILED: Count = { passed: 0, failed: 1 };

/** Before the tests, because several files want it and it takes minutes the first time. */
async function buildClient(): Promise<Count> {
  try {
    await buildExtAuthzClient();
    return ONE_PASSED;
  } catch (error) {
    console.error(error);
    return ONE_FAILED;
  }
}

function execute(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runJest(): Promise<Count> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-tests-'));
  const report = join(directory, 'report.json');
  try {
    const code = await execute(process.execPath, [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--json',
      // A failed test may leave a process or a socket behind, and jest would wait for it for ever.
      '--forceExit',
      `--maxWorkers=${WORKERS}`,
      `--outputFile=${report}`,
      ...process.argv.slice(2),
    ]);
    const counts = jestReportSchema.parse(JSON.parse(await readFile(report, 'utf8')));
    if (counts.numPendingTests > 0) console.log(`${counts.numPendingTests} tests were skipped`);
    const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
    // Jest may fail as a whole (its setup, for one) without a failed test.
    return { passed: counts.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return ONE_FAILED;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const summary: string[] = [];
let total: Count = { passed: 0, failed: 0 };
try {
  installTools();
} catch (error) {
  console.error((error as Error).message);
  total = ONE_FAILED;
}
for (const step of STEPS) {
  console.log(`\n== ${step.name}`);
  const startedMs = performance.now();
  const count = await step.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  total = { passed: total.passed + count.passed, failed: total.failed + count.failed };
  summary.push(`${count.failed === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
}
console.log(`\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
