import { runAdminApi } from './run-admin-api.ts';
import { runRoot } from './run-root.ts';

await runRoot(process, 'admin-api', (config, logger) => runAdminApi(config, logger, null));
