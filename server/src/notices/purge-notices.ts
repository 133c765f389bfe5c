import type { CatalogReader } from '../storage/sql/catalog-schema.ts';

const keptMs = 90 * 86_400_000;
/** Notices that go in one statement, so that none holds the catalog up for long. */
const noticesPerRun = 500;

/** Takes away notices older than 90 days (additions.md section 7). To be called about once a day. Answers how many went. */
export async function purgeNotices(db: CatalogReader, nowMs: number): Promise<number> {
  let gone = 0;
  for (;;) {
    const old = await db
      .selectFrom('notice')
      .select('id')
      .where('created_on', '<', nowMs - keptMs)
      .orderBy('created_on')
      .orderBy('id')
      .limit(noticesPerRun)
      .execute();
    if (old.length > 0)
      await db
        .deleteFrom('notice')
        .where(
          'id',
          'in',
          old.map((row) => row.id),
        )
        .execute();
    gone += old.length;
    if (old.length < noticesPerRun) return gone;
  }
}
