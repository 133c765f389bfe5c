import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advertisers, members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const call = (request: string, advertiser?: object, as: AccountName = 'provider') =>
  platform.call(request as 'GET /x', { as, ...(advertiser ? { json: { advertiser } } : {}) });
const own = advertisers.provider;

describe('createAdvertiser', () => {
  it('200', async () => {
    const answer = await call('POST /advertiser', { name: 'Éa', code: 'x1', state: 'inactive', member_id: members.stranger });
    expect(answer.at('advertiser')).toMatchObject({
      id: answer.at('id'),
      member_id: members.provider,
      name: 'Éa',
      code: 'x1',
      state: 'inactive',
    });
    expect(answer.warnings).toEqual(['advertiser.member_id is read-only and was ignored']);
    expect((await call(`POST /advertiser?member_id=${members.buyer}`, { name: 'b' }, 'admin')).at('advertiser.member_id')).toBe(
      members.buyer,
    );
  });
  it.each([{}, { name: '' }, { name: 'x'.repeat(256) }, { name: 'x', state: 'gone' }])('400 SYNTAX: %o', async (advertiser) => {
    expect((await call('POST /advertiser', advertiser)).at('error_id')).toBe('SYNTAX');
  });
  it('403 UNAUTH: for another member, by a viewer', async () => {
    expect((await call(`POST /advertiser?member_id=${members.buyer}`, { name: 'x' })).at('error_id')).toBe('UNAUTH');
    expect((await call('POST /advertiser', { name: 'x' }, 'viewer')).at('error_id')).toBe('UNAUTH');
  });
  it('404: for a member that does not exist', async () =>
    expect((await call('POST /advertiser?member_id=99999', { name: 'x' }, 'admin')).status).toBe(404));
  it('409 INTEGRITY: a code of the member, whatever its case', async () => {
    expect((await call('POST /advertiser', { name: 'x', code: 'ADV' })).at('error_id')).toBe('INTEGRITY');
  });
});

describe('listAdvertisers', () => {
  it('200: by id, code and filter', async () => {
    for (const path of [`/${own}`, `?id=${own}`, '?code=aDV']) expect((await call(`GET /advertiser${path}`)).at('advertiser.id')).toBe(own);
    expect((await call('GET /advertiser?like_name=%C3%A9A')).at('advertisers.0.name')).toBe('Éa');
    expect((await call(`GET /advertiser?id=${own},${advertisers.stranger}`)).at('count')).toBe(1);
    expect((await call(`GET /advertiser?member_id=${members.stranger}`, undefined, 'admin')).at('advertisers.0.id')).toBe(
      advertisers.stranger,
    );
  });
  it('403 UNAUTH: another member named', async () =>
    expect((await call(`GET /advertiser?member_id=${members.buyer}`)).at('error_id')).toBe('UNAUTH'));
  it.each([`/${advertisers.stranger}`, '?id=99999', '?code=nosuch'])('404: %s', async (path) => {
    expect((await call(`GET /advertiser${path}`)).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('updateAdvertiser', () => {
  it('200: changes what is sent', async () => {
    expect((await call(`PUT /advertiser?id=${own}`, { name: 'After' })).at('advertiser')).toMatchObject({ name: 'After', code: 'Adv' });
    expect((await call(`PUT /advertiser/${own}`, { code: 'aDv' }, 'admin')).at('advertiser.code')).toBe('aDv');
  });
  it('400 SYNTAX: without an id', async () => expect((await call('PUT /advertiser', { name: 'x' })).at('error_id')).toBe('SYNTAX'));
  it('404: another’s', async () => {
    expect((await call(`PUT /advertiser?id=${advertisers.stranger}`, { name: 'x' })).at('error_code')).toBe('NOT_FOUND');
    expect((await call(`PUT /advertiser?id=${own}&member_id=${members.buyer}`, { name: 'x' }, 'admin')).status).toBe(404);
  });
  it('409 INTEGRITY: a code that is taken', async () => {
    const other = (await call('POST /advertiser', { name: 'y', code: 'y' })).at('id');
    expect((await call(`PUT /advertiser?id=${Number(other)}`, { code: 'ADV' })).at('error_id')).toBe('INTEGRITY');
  });
});

it('405: advertisers are not deleted', async () => expect((await call(`DELETE /advertiser?id=${own}`)).status).toBe(405));
