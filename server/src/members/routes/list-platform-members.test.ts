import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let [shy, hidden] = [0, 0];
beforeAll(async () => {
  platform = await startPlatform();
  const make = async (member: object) => Number((await platform.call('POST /member', { as: 'admin', json: { member } })).at('id'));
  shy = await make({ name: 'Shy Company', platform_exposure: 'private' });
  hidden = await make({ name: 'Hidden Company', platform_exposure: 'hidden' });
});
afterAll(() => platform.stop());

const get = (path: string) => platform.call(`GET /platform-member${path}`);
const namesOf = async (path: string): Promise<string[]> =>
  ((await get(path)).at('platform_members') as { name: string }[]).map(({ name }) => name);

describe('200', () => {
  it('shows who is on the exchange, but neither the platform nor who hides', async () => {
    const names = await namesOf('');
    expect(names).toContain('Member buyer');
    expect(names).toContain(`Member ${shy}`);
    expect(names).not.toContain('Shy Company');
    expect(names).not.toContain('Hidden Company');
    expect(names).not.toContain('Member platform');
  });
  it('is an array even for one', async () => {
    for (const path of ['/30', '?id=30'])
      expect((await get(path)).at('platform_members')).toEqual([
        { id: 30, name: 'Member buyer', primary_type: 'buyer', platform_exposure: 'public' },
      ]);
  });
  it('finds a private one by the name that it shows, not by its own', async () => {
    expect(await namesOf('?search=SHY')).toEqual([]);
    expect(await namesOf(`?like_name=member+${shy}`)).toEqual([`Member ${shy}`]);
  });
  it('filters', async () => expect(await namesOf('?primary_type=bidder')).toEqual(['Member bidder']));
});

it('404: who hides, who is not there, the platform', async () => {
  for (const id of [hidden, 99_999, 1]) expect((await get(`/${id}`)).at('error_code')).toBe('NOT_FOUND');
});
it('405: everything but reading', async () => {
  for (const method of ['POST', 'PUT', 'DELETE'] as const) expect((await platform.call(`${method} /platform-member`)).status).toBe(405);
});
