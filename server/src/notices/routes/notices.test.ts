import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountName, members, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';
import { nobodyContext } from '../notices.fixture.ts';
import { notify } from '../notify.ts';
import { purgeNotices } from '../purge-notices.ts';
import type { NewNotice } from '../notice.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const tell = (notice: Partial<NewNotice> = {}) =>
  platform.server.catalog.change(nobodyContext, (change) =>
    notify(change, {
      to: members.provider,
      kind: 'limit',
      severity: 'warning',
      text: 'Nearly there',
      subject: { type: 'member', id: members.provider },
      details: { limit: 'segment_limit', percent: 85 },
      ...notice,
    }),
  );
const newest = async (query = '', as: AccountName = 'provider'): Promise<unknown> =>
  (await platform.call(`GET /notice?sort=id.desc&num_elements=1${query}`, { as })).at('notices.0');
const newestId = async (): Promise<number> => Number((await platform.call('GET /notice?sort=id.desc')).at('notices.0.id'));
const countOf = async (query = '', as: AccountName = 'provider'): Promise<unknown> =>
  (await platform.call(`GET /notice?num_elements=0${query}`, { as })).at('count');
const mark = (id: unknown, read: unknown, as: AccountName = 'provider') =>
  platform.call(`PUT /notice?id=${String(id)}`, { as, json: { notice: { read } } });

describe('200', () => {
  it('a notice says what it is about; what belongs to revocations is null', async () => {
    await tell();
    expect(await newest()).toEqual({
      id: expect.any(Number),
      created_on: '2026-01-15 12:00:00',
      member_id: members.provider,
      kind: 'limit',
      severity: 'warning',
      text: 'Nearly there',
      subject: { type: 'member', id: members.provider },
      details: { limit: 'segment_limit', percent: 85 },
      read: false,
      reason: null,
      data_member_id: null,
      segments: null,
      effective_on: null,
      ends_targeting: null,
      profiles: null,
      campaigns_including: null,
      campaigns_excluding: null,
    });
  });

  it('one cause is told once to each receiver', async () => {
    const before = Number(await countOf());
    for (const to of [members.provider, members.provider, members.buyer]) await tell({ to, cause: 'limit:x:85:2026-01-15' });
    expect(await countOf()).toBe(before + 1);
    expect(await countOf('', 'buyer')).toBe(1);
  });

  it('what is undone tells nothing', async () => {
    const before = await countOf();
    const failing = platform.server.catalog.change(nobodyContext, async (change) => {
      await notify(change, { to: members.provider, kind: 'limit', severity: 'info', text: 'no', subject: null, details: {} });
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await countOf()).toBe(before);
  });

  it('read is set and unset, filtered by, and audited once', async () => {
    await tell();
    const id = await newestId();
    const before = (await platform.audit()).at(-1)?.id ?? 0;
    expect((await mark(id, true)).at('notice')).toMatchObject({ id, read: true });
    await mark(id, true);
    expect(await newest('&read=true')).toMatchObject({ id });
    expect((await platform.call(`GET /notice?id=${id}`)).at('notice.read')).toBe(true);
    expect((await mark(id, false)).at('notice.read')).toBe(false);
    const events = await platform.audit(before);
    expect(events.map((event) => [event.operation, event.after])).toEqual([
      ['updateNotice', '{"read":true}'],
      ['updateNotice', '{"read":false}'],
    ]);
  });

  it('other fields are ignored with a warning', async () => {
    const answer = await platform.call(`PUT /notice/${await newestId()}`, { json: { notice: { text: 'forged' } } });
    expect(answer.at('notice.text')).toBe('Nearly there');
    expect(answer.warnings.join()).toContain('notice.text');
  });

  it('an administrator reads all, and those of one member', async () => {
    expect(await countOf('', 'admin')).toBe(Number(await countOf()) + Number(await countOf('', 'buyer')));
    expect(await countOf(`&member_id=${members.buyer}`, 'admin')).toBe(1);
  });

  it('meta tells the fields', async () =>
    expect((await platform.call('GET /notice/meta')).at('fields.3')).toEqual({
      name: 'kind',
      type: 'enum',
      sort_by: true,
      filter_by: true,
    }));
});

it('400 SYNTAX: read is no boolean, or no notice is named', async () => {
  expect((await mark(await newestId(), 'yes')).at('error_id')).toBe('SYNTAX');
  expect((await platform.call('PUT /notice', { json: { notice: { read: true } } })).at('error_id')).toBe('SYNTAX');
});

it('403 UNAUTH: a viewer', async () => expect((await mark(await newestId(), true, 'viewer')).at('error_id')).toBe('UNAUTH'));

it.each(['POST', 'DELETE'] as const)('405: %s', async (method) => {
  expect((await platform.call(`${method} /notice`, { json: { notice: {} } })).status).toBe(405);
});

it('404: the notice of another member', async () => {
  const id = await newestId();
  expect((await platform.call(`GET /notice?id=${id}`, { as: 'buyer' })).at('error_code')).toBe('NOT_FOUND');
  expect((await mark(id, true, 'buyer')).at('error_code')).toBe('NOT_FOUND');
});

it('notices go after 90 days, not before', async () => {
  await tell({ to: members.stranger });
  const { catalog } = platform.server;
  const day = 86_400_000;
  await purgeNotices(catalog.read, platform.clock.nowMs() + 90 * day);
  expect(await countOf('', 'stranger')).toBe(1);
  expect(await purgeNotices(catalog.read, platform.clock.nowMs() + 90 * day + 1)).toBeGreaterThan(0);
  expect(await countOf('', 'admin')).toBe(0);
});
