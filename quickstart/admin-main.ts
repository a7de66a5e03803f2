/** The admin API of the quickstart: the real one, and beside it the ways to be a demo person without a password. */
import { runAdminApi } from '../admin-api/run-admin-api.ts';
import { runRoot } from '../admin-api/run-root.ts';
import { createPersonDirectory } from '../admin-api/people/person-directory.ts';
import { systemClock } from '../core/process/clock.ts';
import { DEMO_PEOPLE } from './demo-people.ts';
import { createDemoTokens, loadSigningKey } from './demo-tokens.ts';
import { createQuickstartRoutes, TOKEN_COOKIE } from './quickstart-routes.ts';

const [keyFile] = process.argv.slice(2);

await runRoot(process, 'admin-api', async (config, logger) => {
  if (keyFile === undefined) throw new Error('usage: admin-main.ts <file of the signing key>');
  const tokens = await createDemoTokens(await loadSigningKey(keyFile), config.publicUrl, systemClock);
  return runAdminApi(config, logger, ({ knex }) => {
    const people = createPersonDirectory(knex);
    return {
      routes: (parts) => createQuickstartRoutes({ parts, people, tokens, publicUrl: config.publicUrl }),
      async signInOptions() {
        const rows = await Promise.all(DEMO_PEOPLE.map(({ email }) => people.findByEmail(email)));
        const known = rows.filter((row) => row !== null && row.disabled_at === null);
        return {
          mode: 'quickstart',
          people: known.map((row) => ({ email: row!.email, name: row!.name, role: row!.role })),
        };
      },
      cookies: [TOKEN_COOKIE],
    };
  });
});
