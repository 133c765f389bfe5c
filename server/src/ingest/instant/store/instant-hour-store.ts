import type { MemberId } from '../../../kit/ids.ts';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import { addCounts, countsFromText, countsToText, type HourCounts, textWithLogsBegins, textWithoutLogs } from '../hour-counts.ts';

/** Counts of one member and UTC hour. */
export interface MemberHour {
  readonly member: MemberId;
  /** Epoch milliseconds of the hour's begin. */
  readonly hour: number;
  readonly counts: HourCounts;
}

const rowsPerPage = 100;

/** The table `instant_hour`. Counts are added to what stands there, so that several writers and restarts lose nothing. */
export class InstantHourStore {
  readonly #db: CatalogReader;

  constructor(db: CatalogReader) {
    this.#db = db;
  }

  /** Adds all of these hours, or none of them. */
  async add(hours: readonly MemberHour[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const { member, hour, counts } of hours) {
        const row = await transaction
          .selectFrom('instant_hour')
          .select('counts')
          .where('member_id', '=', member)
          .where('hour', '=', hour)
          .executeTakeFirst();
        const sum = row ? countsFromText(row.counts) : counts;
        if (row) addCounts(sum, counts);
        const text = countsToText(sum);
        await transaction
          .insertInto('instant_hour')
          .values({ member_id: member, hour, counts: text })
          .onConflict((conflict) => conflict.columns(['member_id', 'hour']).doUpdateSet({ counts: text }))
          .execute();
      }
    });
  }

  /** A member's hours with traffic, ascending; both ends included. */
  async *read(member: MemberId, fromHour: number, toHour: number): AsyncGenerator<MemberHour> {
    let next = fromHour;
    for (;;) {
      const rows = await this.#db
        .selectFrom('instant_hour')
        .select(['hour', 'counts'])
        .where('member_id', '=', member)
        .where('hour', '>=', next)
        .where('hour', '<=', toHour)
        .orderBy('hour')
        .limit(rowsPerPage)
        .execute();
      for (const row of rows) yield { member, hour: row.hour, counts: countsFromText(row.counts) };
      const last = rows.at(-1);
      if (!last || rows.length < rowsPerPage) return;
      next = last.hour + 1;
    }
  }

  /** Takes the logs, which name users, from all hours before this one; the numbers stay. */
  async dropLogsBefore(hour: number): Promise<void> {
    for (;;) {
      const rows = await this.#db
        .selectFrom('instant_hour')
        .selectAll()
        .where('hour', '<', hour)
        .where('counts', 'like', `${textWithLogsBegins}%`)
        .limit(rowsPerPage)
        .execute();
      for (const row of rows) {
        await this.#db
          .updateTable('instant_hour')
          .set({ counts: textWithoutLogs(row.counts) })
          .where('member_id', '=', row.member_id)
          .where('hour', '=', row.hour)
          .execute();
      }
      if (rows.length < rowsPerPage) return;
    }
  }
}
