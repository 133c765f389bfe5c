import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryCatalog, type TemporaryCatalog } from '../../../test/temporary-catalog.ts';
import { asMemberId } from '../../kit/ids.ts';
import { Refusal } from '../../kit/refusal.ts';
import { insertMember } from '../../members/store/member-store.ts';
import { nobodyContext } from '../../notices/notices.fixture.ts';
import { ReachAnswerStore } from './store/reach-answer-store.ts';
import { ToldCounts } from './told-counts.ts';

const buyer = asMemberId(10);
const other = asMemberId(11);

let nowMs: number;
let holder: TemporaryCatalog;
let told: ToldCounts;
let users: number;
let counted: string[];
const clock = { nowMs: () => nowMs };
const newCounts = (): ToldCounts =>
  new ToldCounts({ store: new ReachAnswerStore(holder.catalog.read), clock, key: Buffer.alloc(32, 1), floor: 1000 });

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 15, 12);
  holder = await temporaryCatalog(clock);
  await holder.catalog.change(nobodyContext, async (change) => {
    for (const id of [buyer, other]) await insertMember(change, { id, name: `Buyer ${id}`, primary_type: 'buyer', reach_per_day: 3 });
  });
  told = newCounts();
  users = 20_000;
  counted = [];
});
afterEach(() => holder.remove());

const ask = async (expressions: readonly string[], member = buyer): Promise<(number | null)[]> => {
  const questions = expressions.map((expression) => ({
    expression,
    count: async () => {
      counted.push(expression);
      return users;
    },
  }));
  return (await told.of(member, questions)).map((answer) => answer.users);
};

describe('questions about others’ users', () => {
  it('have the same answer all UTC day, also after a restart, and a new one the next day', async () => {
    const [first] = await ask(['a']);
    users = 50_000;
    nowMs += 11 * 3_600_000;
    holder = await holder.reopened();
    told = newCounts();
    expect(await ask(['a', 'a'])).toEqual([first, first]);
    expect(counted).toEqual(['a']);
    nowMs += 3_600_000;
    expect((await ask(['a']))[0]).toBeGreaterThan(49_000);
    expect(await holder.catalog.read.selectFrom('reach_answer').select('expression').execute()).toHaveLength(1);
  });

  it('beyond the day’s number of new ones are refused until midnight, all of the call, and counted for each member apart', async () => {
    await ask(['a', 'b', 'a']);
    const refused = await ask(['a', 'c', 'd']).catch((error: unknown) => error as Refusal);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({ kind: { status: 429, errorCode: 'RATE_EXCEEDED' }, headers: { 'retry-after': '43200' } });
    expect(counted).toEqual(['a', 'b']);
    await ask(['c', 'a', 'b']);
    await ask(['a', 'b', 'd'], other);
    nowMs += 12 * 3_600_000;
    expect(await ask(['d', 'e', 'f'])).toHaveLength(3);
  });

  it('that are asked at once do not pass beside each other', async () => {
    const asked = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((each) => ask([each])));
    expect(asked.filter(({ status }) => status === 'rejected')).toHaveLength(2);
  });

  it('are without number where the member has no limit', async () => {
    await holder.catalog.read.updateTable('member').set({ reach_per_day: 0 }).where('id', '=', buyer).execute();
    expect(await ask(['a', 'b', 'c', 'd', 'e'])).toHaveLength(5);
  });
});
