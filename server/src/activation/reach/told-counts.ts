import type { Buffer } from 'node:buffer';
import { retryAfter } from '../../access/login-rules.ts';
import type { Clock } from '../../kit/clock.ts';
import type { MemberId } from '../../kit/ids.ts';
import { refusal } from '../../kit/refusal.ts';
import { reachErrors } from './reach-errors.ts';
import type { ReachAnswer, ReachAnswerStore } from './store/reach-answer-store.ts';
import { toldCount } from './told-count.ts';

export interface ToldCountsOptions {
  readonly store: ReachAnswerStore;
  readonly clock: Clock;
  readonly key: Buffer;
  /** `FOYER_REACH_FLOOR`. */
  readonly floor: number;
}

/** An expression with another member's segment in it. */
export interface ForeignQuestion {
  /** In its canonical form: equal for questions that mean the same. */
  readonly expression: string;
  /** The true number, asked only where the member was not answered today. */
  count(): Promise<number>;
}

const dayMs = 86_400_000;

/**
 * What members are told of other members' users (activation.md section 5): rounded numbers above a floor, the same all UTC day, also
 * over a restart, and so many new ones a day (`reach_per_day`).
 */
export class ToldCounts {
  readonly #options: ToldCountsOptions;
  /** By member: questions wait for each other, so that none passes the quota beside another. */
  readonly #last = new Map<MemberId, Promise<unknown>>();

  constructor(options: ToldCountsOptions) {
    this.#options = options;
  }

  get floor(): number {
    return this.#options.floor;
  }

  /** In the order asked. All are answered or none. @throws Refusal reach.quotaUsed */
  async of(member: MemberId, questions: readonly ForeignQuestion[]): Promise<readonly ReachAnswer[]> {
    if (questions.length === 0) return [];
    const answered = (this.#last.get(member) ?? Promise.resolve()).then(() => this.#answer(member, questions));
    const settled = answered.catch(() => {});
    this.#last.set(member, settled);
    try {
      return await answered;
    } finally {
      if (this.#last.get(member) === settled) this.#last.delete(member);
    }
  }

  async #answer(member: MemberId, questions: readonly ForeignQuestion[]): Promise<readonly ReachAnswer[]> {
    const { store, clock, key, floor } = this.#options;
    const nowMs = clock.nowMs();
    const day = nowMs - (nowMs % dayMs);
    const byExpression = new Map(questions.map((question) => [question.expression, question]));
    const told = new Map((await store.read(member, day, [...byExpression.keys()])).map((answer) => [answer.expression, answer]));
    const fresh = [...byExpression.values()].filter(({ expression }) => !told.has(expression));
    if (fresh.length > 0) {
      const { limit, used } = await store.quota(member, day);
      if (limit !== null && used + fresh.length > limit)
        throw refusal(reachErrors.quotaUsed, { limit }, retryAfter(Math.ceil((day + dayMs - nowMs) / 1000)));
      const counts = await Promise.all(fresh.map((question) => question.count()));
      const answers = fresh.map(({ expression }, i) => {
        return { expression, users: toldCount(key, member, expression, counts[i] ?? 0, floor), as_of: nowMs };
      });
      await store.keep(member, day, answers);
      for (const answer of answers) told.set(answer.expression, answer);
    }
    return questions.map(({ expression }) => told.get(expression) as ReachAnswer);
  }
}
