import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';
import { addTask } from '../add-task.ts';
import type { TaskKind } from '../task.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const context = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
/** Of a kind that nobody does yet, so it stays where it is put. */
const add = (memberId: number | null = members.provider, kind: TaskKind = 'import'): Promise<number> =>
  platform.server.catalog.change(context, (change) => addTask(change, { kind, memberId, subject: { type: 'share', id: 9 } }));
const get = (query: string, as: AccountName = 'provider') => platform.call(`GET /task${query}`, { as });
const put = (id: number, state: unknown, as: AccountName = 'provider') =>
  platform.call(`PUT /task?id=${id}`, { as, json: { task: { state } } });

describe('listTasks', () => {
  it('200: a task with all that is known of it', async () => {
    const id = await add();
    expect((await get(`?id=${id}`)).at('task')).toEqual({
      id,
      kind: 'import',
      state: 'waiting',
      member_id: members.provider,
      subject: { type: 'share', id: 9 },
      progress: null,
      attempts: 0,
      error: null,
      created_on: '2026-01-15 12:00:00',
      started_on: null,
      next_attempt_on: '2026-01-15 12:00:00',
      finished_on: null,
    });
  });
  it("200: a member sees its own, an administrator all and the server's own", async () => {
    const [foreign, server] = [await add(members.stranger), await add(null)];
    const seenBy = async (as: AccountName, query = '') => ((await get(`${query}`, as)).at('tasks') as { id: number }[]).map(({ id }) => id);
    expect(await seenBy('provider')).not.toContain(foreign);
    expect(await seenBy('viewer')).not.toContain(server);
    expect(await seenBy('admin')).toEqual(expect.arrayContaining([foreign, server]));
    expect(await seenBy('admin', `?member_id=${members.stranger}`)).toEqual([foreign]);
    expect(await seenBy('stranger', '?state=waiting&kind=import')).toEqual([foreign]);
  });
  it("403 UNAUTH: another member's by name, 404 by id", async () => {
    const id = await add(members.stranger);
    expect((await get(`?member_id=${members.stranger}`)).at('error_id')).toBe('UNAUTH');
    expect((await get(`?id=${id}`)).status).toBe(404);
  });
  it('200: meta', async () =>
    expect((await get('/meta')).at('fields.0')).toEqual({ name: 'id', type: 'int', sort_by: true, filter_by: true }));
  it.each(['POST /task', 'DELETE /task?id=1'] as const)('405: %s', async (request) => {
    expect((await platform.call(request, { as: 'admin', json: { task: { kind: 'snapshot' } } })).status).toBe(405);
  });
});

describe('updateTask', () => {
  it('200: cancels, and begins again, with an event for each', async () => {
    const id = await add();
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    expect((await put(id, 'canceled')).at('task')).toMatchObject({
      state: 'canceled',
      next_attempt_on: null,
      finished_on: '2026-01-15 12:00:00',
    });
    expect((await put(id, 'waiting')).at('task')).toMatchObject({
      state: 'waiting',
      attempts: 0,
      next_attempt_on: '2026-01-15 12:00:00',
      finished_on: null,
    });
    expect((await platform.audit(last)).map(({ operation, object_type, after }) => [operation, object_type, after])).toEqual([
      ['updateTask', 'task', '{"state":"canceled"}'],
      ['updateTask', 'task', '{"state":"waiting"}'],
    ]);
  });
  it("200: an administrator moves the server's own, and what is sent beside the state changes nothing", async () => {
    const id = await add(null);
    const answer = await platform.call(`PUT /task/${id}`, {
      as: 'admin',
      json: { task: { state: 'canceled', kind: 'import', attempts: 7 } },
    });
    expect(answer.at('task')).toMatchObject({ state: 'canceled', kind: 'import', attempts: 0, member_id: null });
    expect(answer.warnings).toHaveLength(2);
  });
  it.each(['done', 'running', 'failed', 1, null])('400 SYNTAX: state %o', async (state) => {
    expect((await put(await add(), state)).at('error_id')).toBe('SYNTAX');
  });
  it('400 SYNTAX: no id', async () => {
    expect((await platform.call('PUT /task', { json: { task: { state: 'canceled' } } })).at('error_id')).toBe('SYNTAX');
  });
  it("403 UNAUTH: a viewer; 404: another member's, the server's own, an unknown one", async () => {
    const id = await add();
    expect((await put(id, 'canceled', 'viewer')).at('error_id')).toBe('UNAUTH');
    expect((await put(id, 'canceled', 'stranger')).status).toBe(404);
    expect((await put(await add(null), 'canceled')).status).toBe(404);
    expect((await put(999_999_999, 'canceled', 'admin')).at('error_code')).toBe('NOT_FOUND');
  });
  it('409 INTEGRITY: a step that is none', async () => {
    const id = await add();
    expect((await put(id, 'waiting')).at('error_id')).toBe('INTEGRITY');
    await put(id, 'canceled');
    expect((await put(id, 'canceled')).at('error_id')).toBe('INTEGRITY');
  });
});
