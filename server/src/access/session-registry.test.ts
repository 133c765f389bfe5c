import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../test/temporary-catalog.ts';
import { asAccountId } from '../kit/ids.ts';
import { platformMember } from '../members/platform-member.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import { SessionRegistry } from './session-registry.ts';
import { insertAccount } from './store/account-store.ts';

const hourMs = 3_600_000;
const joe = asAccountId(7);
const ann = asAccountId(8);
let opened: TemporaryCatalog;
let clock = new StandingClock();
let catalog: Catalog;
let sessions: SessionRegistry;

beforeAll(async () => {
  opened = await temporaryCatalog(new StandingClock());
  ({ catalog } = opened);
  await catalog.change({ operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null }, async (change) => {
    const member = await platformMember(change);
    for (const id of [joe, ann]) await insertAccount(change, accountOf(member, `a${id}`), id);
  });
});
afterAll(() => opened.remove());
beforeEach(async () => {
  clock = new StandingClock();
  await catalog.read.deleteFrom('session').execute();
  sessions = await SessionRegistry.load(catalog.read, clock);
});

const accountOf = (member: number, username: string) => ({
  member_id: member,
  username,
  password_hash: 'x',
  password_expires_on: null,
  first_name: '',
  last_name: '',
  email: '',
  phone: null,
  user_type: 'member',
  read_only: 0,
  api_login: 1,
  state: 'active',
  logins_per_5_minutes: null,
  test_password: 0,
  first_start: 0,
});

const isLive = (token: string): boolean => sessions.find(token) !== undefined;
const restart = async (): Promise<void> => {
  await sessions.save();
  sessions = await SessionRegistry.load(catalog.read, clock);
};

describe('a session', () => {
  it('lives 2 hours from its last call', async () => {
    const token = await sessions.create(joe);
    clock.forward(2 * hourMs - 1);
    expect(sessions.find(token)).toMatchObject({ accountId: joe });
    clock.forward(2 * hourMs - 1);
    expect(isLive(token)).toBe(true);
    clock.forward(2 * hourMs);
    expect(isLive(token)).toBe(false);
  });
  it('lives 24 hours from its login at most, however busy', async () => {
    const token = await sessions.create(joe);
    for (let hour = 1; hour < 24; hour++) {
      clock.forward(hourMs);
      expect(isLive(token)).toBe(true);
    }
    clock.forward(hourMs - 1);
    expect(isLive(token)).toBe(true);
    clock.forward(1);
    expect(isLive(token)).toBe(false);
  });
  it('outlives the process, with its last call', async () => {
    const token = await sessions.create(joe);
    clock.forward(1.5 * hourMs);
    expect(isLive(token)).toBe(true);
    await restart();
    clock.forward(1.5 * hourMs);
    expect(isLive(token)).toBe(true);
  });
  it('is durable when it is handed out, before any save', async () => {
    const token = await sessions.create(joe);
    sessions = await SessionRegistry.load(catalog.read, clock);
    expect(isLive(token)).toBe(true);
  });
  it('leaves memory and catalog when it is over', async () => {
    await sessions.create(joe);
    clock.forward(3 * hourMs);
    await sessions.save();
    expect(await catalog.read.selectFrom('session').selectAll().execute()).toEqual([]);
  });
  it('is stored hashed', async () => {
    const token = await sessions.create(joe);
    const [row] = await catalog.read.selectFrom('session').selectAll().execute();
    expect(row?.token_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(token.slice(6));
  });
  it('ends with the others of its account, but not when it is the one that is kept', async () => {
    const kept = await sessions.create(joe);
    const other = await sessions.create(joe);
    const foreign = await sessions.create(ann);
    await sessions.endOthers(joe, kept);
    expect([kept, other, foreign].map(isLive)).toEqual([true, false, true]);
    await restart();
    expect([kept, other, foreign].map(isLive)).toEqual([true, false, true]);
    await sessions.endOthers(joe, undefined);
    expect([kept, foreign].map(isLive)).toEqual([false, true]);
  });
});

it('one session can be ended', async () => {
  const [one, other] = [await sessions.create(joe), await sessions.create(joe)];
  await sessions.end(one);
  expect([one, other].map(isLive)).toEqual([false, true]);
  await restart();
  expect([one, other].map(isLive)).toEqual([false, true]);
});

describe('a token that was used a moment ago', () => {
  it('is nobody’s as soon as its session has ended, also in the same turn', async () => {
    const token = await sessions.create(joe);
    const foreign = await sessions.create(ann);
    expect([token, foreign].map(isLive)).toEqual([true, true]);
    const ended = sessions.endOthers(joe, undefined);
    expect([token, foreign].map(isLive)).toEqual([false, true]);
    await ended;
    expect([token, foreign].map(isLive)).toEqual([false, true]);
  });
  it('is nobody’s once its time is over, saved or not, and stays so when the clock is set back', async () => {
    const token = await sessions.create(joe);
    expect(isLive(token)).toBe(true);
    clock.forward(2 * hourMs);
    expect(isLive(token)).toBe(false);
    await sessions.save();
    clock.forward(-hourMs);
    expect(isLive(token)).toBe(false);
  });
  it('does not become the operator’s, nor the operator’s old one stay', () => {
    const old = sessions.createOperatorToken();
    expect(sessions.find(old)).toBe('operator');
    const young = sessions.createOperatorToken();
    expect([sessions.find(old), sessions.find(young)]).toEqual([undefined, 'operator']);
  });
  it('is told from thousands of others', async () => {
    const first = await sessions.create(joe);
    const other = await sessions.create(ann);
    for (let at = 0; at < 10_000; at++) expect(isLive(`${first}${at}`)).toBe(false);
    expect(sessions.find(first)).toMatchObject({ accountId: joe });
    expect(sessions.find(other)).toMatchObject({ accountId: ann });
  });
});

describe("the operator's token", () => {
  it('holds for the life of the process', async () => {
    const token = sessions.createOperatorToken();
    clock.forward(1000 * hourMs);
    expect(sessions.find(token)).toBe('operator');
    await restart();
    expect(isLive(token)).toBe(false);
  });
});

it.each(['', 'foyer-', 'nobody'])("'%s' is nobody's token", (token) => expect(isLive(token)).toBe(false));
