import { byServer, type CatalogChange } from '../../storage/sql/catalog-change.ts';
import { activeJobOf, startJob } from '../jobs/start-job.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { type Share, shareOf } from '../shares/share.ts';
import { heldShare } from '../store/share-store.ts';
import { nextOccurrences } from './occurrences.ts';

export type DueParts = Pick<ExchangeParts, 'catalog' | 'clock' | 'log'>;

const sharesAtOnce = 100;

/**
 * Starts the shares that are due: a job each, in the transaction that moves the share to its next occurrence, so exactly once whatever the
 * number of servers. What was missed is one run; where a job is active, and where the share is disabled, the occurrence passes by. Answers how
 * many jobs were started.
 */
export async function runDueShares({ catalog, clock, log }: DueParts): Promise<number> {
  let started = 0;
  for (;;) {
    const rows = await catalog.read
      .selectFrom('share')
      .selectAll()
      .where('next_run_on', '<=', clock.nowMs())
      .where('deleted_on', 'is', null)
      .orderBy('next_run_on')
      .orderBy('id')
      .limit(sharesAtOnce)
      .execute();
    for (const share of rows.map(shareOf)) {
      const outcome = await catalog.change(byServer('runDueShares'), (change) => runDue(change, share));
      if (outcome === 'started') started++;
      if (outcome === 'skipped') log.info({ share: share.id, due: share.nextRunOn }, 'a due run was skipped: a job of the share is active');
    }
    if (rows.length < sharesAtOnce) return started;
  }
}

async function runDue(change: CatalogChange, { id, nextRunOn }: Share): Promise<'started' | 'skipped' | 'passed'> {
  const share = await heldShare(change, id);
  // Another server was here, or somebody changed the schedule.
  if (!share || share.nextRunOn === null || share.nextRunOn !== nextRunOn) return 'passed';
  const { schedule, occurrences } = share;
  const [due] = nextOccurrences(schedule, nextRunOn - 1, 1, occurrences);
  const used = due === undefined ? occurrences : due.index + 1;
  const [next] = nextOccurrences(schedule, Math.max(change.nowMs, nextRunOn), 1, used);
  await change.db
    .updateTable('share')
    .set({ next_run_on: next?.atMs ?? null, occurrences: used })
    .where('id', '=', id)
    .execute();
  if (!share.enabled) return 'passed';
  const active = await activeJobOf(change.db, id);
  if (active !== undefined) {
    await warnOfSkipped(change, active, nextRunOn);
    return 'skipped';
  }
  await startJob(change, share, true);
  return 'started';
}

/** People see it where they look for the run that did not come. */
async function warnOfSkipped(change: CatalogChange, job: number, dueMs: number): Promise<void> {
  const row = await change.db.selectFrom('share_job').select('warnings').where('id', '=', job).executeTakeFirst();
  const warning = `The run due at ${new Date(dueMs).toISOString()} was skipped, because this one was active`;
  const warnings = [...(JSON.parse(row?.warnings ?? '[]') as string[]), warning];
  await change.db
    .updateTable('share_job')
    .set({ warnings: JSON.stringify(warnings) })
    .where('id', '=', job)
    .execute();
}

/**
 * Computes anew when shares run next, for a clock that has gone back: what is used up is not run again, and what is to come is not waited for
 * longer than it should.
 */
export async function reckonNextRuns({ catalog, clock }: DueParts): Promise<void> {
  for (let afterId = 0; ;) {
    const rows = await catalog.read
      .selectFrom('share')
      .selectAll()
      .where('next_run_on', '>', clock.nowMs())
      .where('deleted_on', 'is', null)
      .where('id', '>', afterId)
      .orderBy('id')
      .limit(sharesAtOnce)
      .execute();
    for (const { id, nextRunOn, schedule, occurrences } of rows.map(shareOf)) {
      afterId = id;
      const [next] = nextOccurrences(schedule, clock.nowMs(), 1, occurrences);
      if (next === undefined || next.atMs === nextRunOn) continue;
      await catalog.change(byServer('reckonNextRuns'), async (change) => {
        await change.db
          .updateTable('share')
          .set({ next_run_on: next.atMs })
          .where('id', '=', id)
          .where('next_run_on', '=', nextRunOn)
          .where('occurrences', '=', occurrences)
          .execute();
      });
    }
    if (rows.length < sharesAtOnce) return;
  }
}
