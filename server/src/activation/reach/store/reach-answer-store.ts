import type { MemberId } from '../../../kit/ids.ts';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';

export interface ReachAnswer {
  readonly expression: string;
  readonly users: number | null;
  /** Epoch milliseconds. */
  readonly as_of: number;
}

/** The table `reach_answer`. */
export class ReachAnswerStore {
  readonly #db: CatalogReader;
  constructor(db: CatalogReader) {
    this.#db = db;
  }

  /** Those of the expressions that the member was answered on this day. @param day begin of the UTC day, epoch milliseconds */
  async read(member: MemberId, day: number, expressions: readonly string[]): Promise<readonly ReachAnswer[]> {
    return await this.#db
      .selectFrom('reach_answer')
      .select(['expression', 'users', 'as_of'])
      .where('member_id', '=', member)
      .where('day', '=', day)
      .where('expression', 'in', expressions)
      .execute();
  }

  /** How many questions a member may ask and has asked on this day; `limit` null: any number. */
  async quota(member: MemberId, day: number): Promise<{ readonly limit: number | null; readonly used: number }> {
    const { used } = await this.#db
      .selectFrom('reach_answer')
      .select((eb) => eb.fn.countAll<number>().as('used'))
      .where('member_id', '=', member)
      .where('day', '=', day)
      .executeTakeFirstOrThrow();
    const row = await this.#db.selectFrom('member').select('reach_per_day').where('id', '=', member).executeTakeFirst();
    return { limit: row?.reach_per_day || null, used: Number(used) };
  }

  /** Keeps what was answered, unless it was answered before, and forgets earlier days. */
  async keep(member: MemberId, day: number, answers: readonly ReachAnswer[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('reach_answer').where('member_id', '=', member).where('day', '<', day).execute();
      for (const answer of answers)
        await transaction
          .insertInto('reach_answer')
          .values({ member_id: member, day, ...answer })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    });
  }
}
