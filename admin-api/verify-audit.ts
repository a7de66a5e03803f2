import { verifyAuditChain } from './audit/verify-audit-chain.ts';
import { withDatabase } from './with-database.ts';

await withDatabase(process, async (knex) => {
  const verdict = await verifyAuditChain(knex);
  if (verdict.sound) {
    process.stdout.write(`The audit log is sound: ${verdict.entries} entries, head ${verdict.head}\n`);
    return;
  }
  process.stderr.write(`The audit log is broken at entry ${verdict.sequence}: ${verdict.problem}.\n`);
  process.exitCode = 1;
});
