import type { ExchangeParts } from '../exchange-parts.ts';

const dayMs = 24 * 3600_000;
/** 13 months (exchange.md section 4). */
const historyMs = 396 * dayMs;
const jobsPerRun = 100;

type Parts = Pick<ExchangeParts, 'catalog' | 'clock' | 'folders'>;

/** Takes away what has had its time: files of jobs (7 days), jobs (13 months), answers of repeated calls (a day), rotated keys. */
export async function expireExchangeRecords({ catalog: { read: db }, clock, folders }: Parts): Promise<void> {
  const nowMs = clock.nowMs();
  await db
    .deleteFrom('idempotent_call')
    .where('created_on', '<=', nowMs - dayMs)
    .execute();
  await db.deleteFrom('exchange_key').where('expires_on', '<=', nowMs).execute();
  await eachJob(
    db,
    (query) => query.where('files_until', '<=', nowMs),
    async (id) => {
      await folders.of(id).remove();
      await db.updateTable('share_job').set({ files_until: null }).where('id', '=', id).execute();
    },
  );
  await eachJob(
    db,
    (query) => query.where('completed_on', '<=', nowMs - historyMs),
    async (id) => {
      for (const table of ['share_job_event', 'share_job_file'] as const) await db.deleteFrom(table).where('job_id', '=', id).execute();
      await db.deleteFrom('share_job').where('id', '=', id).execute();
    },
  );
}

const jobIds = (db: Parts['catalog']['read']) => db.selectFrom('share_job').select('id').orderBy('id').limit(jobsPerRun);
type JobIds = ReturnType<typeof jobIds>;

async function eachJob(db: Parts['catalog']['read'], which: (query: JobIds) => JobIds, work: (id: number) => Promise<void>): Promise<void> {
  for (;;) {
    const jobs = await which(jobIds(db)).execute();
    for (const { id } of jobs) await work(id);
    if (jobs.length < jobsPerRun) return;
  }
}
