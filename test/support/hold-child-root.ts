/** Supervises test/support/plain-root.ts until it is killed. Prints what the supervisor says. */
import { startChildRoot } from '../../quickstart/child-root.ts';

const [url, logFile] = process.argv.slice(2);
const root = startChildRoot({
  name: 'plain root',
  file: new URL('./plain-root.ts', import.meta.url).pathname,
  env: { PLAIN_ROOT_PORT: new URL(url!).port },
  logFile: logFile!,
  say: (line) => console.log(line),
  isReady: async () => (await fetch(url!)).ok,
});
process.once('SIGTERM', () => void root.stop().then(() => process.exit(0)));
try {
  await root.ready;
  console.log('ready');
} catch (error) {
  console.log(`failed: ${(error as Error).message}`);
  process.exit(1);
}
