import type { MemberId } from '../../../kit/ids.ts';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import type { SyncedIds } from '../synced-ids.ts';

/** The table `sync_day`. Numbers are added to what stands there, so that several writers and restarts lose nothing. */
export class SyncDayStore {
  readonly #db: CatalogReader;
  constructor(db: CatalogReader) {
    this.#db = db;
  }

  /** Adds all of these, or none of them. */
  async add(counted: readonly SyncedIds[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const { member, day, outcome, ids } of counted)
        await transaction
          .insertInto('sync_day')
          .values({ member_id: member, day, outcome, ids })
          .onConflict((conflict) =>
            conflict.columns(['member_id', 'day', 'outcome']).doUpdateSet((eb) => ({ ids: eb('sync_day.ids', '+', ids) })),
          )
          .execute();
    });
  }

  /** A member's days by date, both ends included. @param from begin of the UTC day, epoch milliseconds */
  async read(member: MemberId, from: number, to: number): Promise<readonly { day: number; outcome: string; ids: number }[]> {
    return await this.#db
      .selectFrom('sync_day')
      .select(['day', 'outcome', 'ids'])
      .where('member_id', '=', member)
      .where('day', '>=', from)
      .where('day', '<=', to)
      .orderBy('day')
      .orderBy('outcome')
      .execute();
  }
}
