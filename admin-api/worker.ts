import { runRoot } from './run-root.ts';
import { runWorker } from './run-worker.ts';

await runRoot(process, 'worker', runWorker);
