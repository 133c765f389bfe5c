import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ShareJobFileTable } from '../../storage/sql/exchange-schema.ts';
import { exchangeLimits } from '../csv/csv-limits.ts';
import { jobFiles } from '../store/share-job-store.ts';

/** `77001_1.csv`: how a job's files are called, as they came and as they are delivered. */
export const receivedName = (job: number, number: number): string => `${job}_${number}.csv`;

export async function recordFile(
  change: CatalogChange,
  job: number,
  direction: 'in' | 'out',
  { number, name, rows, bytes, digest }: Pick<ShareJobFileTable, 'number' | 'name' | 'rows' | 'bytes' | 'digest'>,
): Promise<void> {
  await change.db
    .insertInto('share_job_file')
    .values({ job_id: job, direction, number, name, rows, bytes, digest, created_on: change.nowMs })
    .onConflict((conflict) => conflict.columns(['job_id', 'direction', 'number']).doUpdateSet({ name, rows, bytes, digest }))
    .execute();
}

export const rowsOf = (files: readonly Pick<ShareJobFileTable, 'rows'>[]): number => files.reduce((sum, { rows }) => sum + rows, 0);

/** Rows that the job's next file may have (exchange.md section 2.7). */
export async function rowsLeft(db: CatalogReader, job: number): Promise<number> {
  return exchangeLimits.rows - rowsOf(await jobFiles(db, job, 'in'));
}
