import { appendAuditEntries } from './audit/append-audit-entries.ts';
import { beginFeedEpoch } from './feed/begin-feed-epoch.ts';
import { withDatabase } from './with-database.ts';

/** After a backup was restored: sidecars refuse an older state of the history they know, until it is said to be meant. */
await withDatabase(process, async (knex) => {
  const head = await knex.transaction(async (trx) => {
    const begun = await beginFeedEpoch(trx);
    const entry = {
      type: 'feed.epoch-begun',
      actor: null,
      subject: null,
      summary: 'A new history of the feed was begun at the command line; sidecars take its state, older or not.',
      details: { epoch: begun.epoch, revision: begun.revision },
    } as const;
    await appendAuditEntries(trx, [entry], Date.now());
    return begun;
  });
  process.stdout.write(`epoch ${head.epoch} from revision ${head.revision}\n`);
});
