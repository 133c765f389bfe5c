/** Background work is not lost: what was committed is done, whatever ends the server in between. */
import { afterAll, expect, it } from 'vitest';
import { call, pick } from '../api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';

const folder = temporaryFolder('killed-tasks');
afterAll(() => folder.remove());

const segments = 40;
const start = (): Promise<RunningServer> => startServer({ data: folder.path, args: ['--empty'], env: { FOYER_RT_RATE_LIMIT: '0' } });
const asAdmin = (server: RunningServer, method: string, path: string, json?: object) =>
  call(server.url, path, { method, token: server.operatorToken, ...(json ? { json } : {}) });

async function membershipsOf(server: RunningServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^foyer_profiles_memberships (\d+)$/m.exec(text)?.[1]);
}

it('sweeps deleted segments after a kill -9 in the middle of it', { timeout: 100_000 }, async () => {
  const before = await start();
  const member = pick(
    (await asAdmin(before, 'POST', '/member', { member: { name: 'Provider', primary_type: 'data_provider' } })).json,
    'response.id',
  );
  const made = await asAdmin(before, 'POST', `/segment?member_id=${String(member)}`, {
    segments: Array.from({ length: segments }, (_, i) => ({ code: `s${i}` })),
  });
  const ids = pick(made.json, 'response.ids') as number[];
  expect(ids).toHaveLength(segments);
  const users = Array.from({ length: 50 }, (_, user) => ({
    user_id: String(user + 1),
    seg_block: ids.map((id) => ({ seg_id: id, expiration: 0 })),
  }));
  for (let at = 0; at < users.length; at += 10)
    expect(
      (await asAdmin(before, 'POST', `/rt-segment?member_id=${String(member)}`, { rt_segment: users.slice(at, at + 10) })).status,
    ).toBe(200);
  expect(await membershipsOf(before)).toBe(users.length * segments);
  expect((await asAdmin(before, 'DELETE', `/segment?id=${ids.join()}&member_id=${String(member)}`)).status).toBe(200);
  await before.kill();

  const after = await start();
  const tasks = () => asAdmin(after, 'GET', '/task?kind=sweep-segment&state=done');
  // One that was being done has a lease, which runs out first.
  await expect.poll(async () => pick((await tasks()).json, 'response.count'), { timeout: 50_000, interval: 500 }).toBe(segments);
  await expect.poll(() => membershipsOf(after), { timeout: 20_000, interval: 500 }).toBe(0);
  await after.stop();
});
