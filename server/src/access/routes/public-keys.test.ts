import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountIds, type AccountName, members, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

const spki = { type: 'spki', format: 'pem' } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent, publicKeyEncoding: spki, privateKeyEncoding: pkcs8 });
const pair = rsa(2048);
const own = accountIds.provider;

let platform: PlatformServer;
let names = 0;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const post = (key: object, as: AccountName = 'provider', user: number | string = own) =>
  platform.call(`POST /public-key?user_id=${user}`, {
    as,
    json: { 'public-key': { name: `key ${++names}`, encoded_value: pair.publicKey, ...key } },
  });
const get = (query: string, as: AccountName = 'provider') => platform.call(`GET /public-key${query}`, { as });
const put = (query: string, key: object, as: AccountName = 'provider') =>
  platform.call(`PUT /public-key${query as ''}`, { as, json: { 'public-key': key } });

describe('createPublicKey', () => {
  it('200: keeps the key as it was sent, active unless it says otherwise', async () => {
    const answer = await post({ name: 'first', active: true, user_id: String(own) });
    expect(answer.at('public-key')).toMatchObject({ id: answer.at('id'), name: 'first', user_id: own, active: true });
    expect(answer.at('public-key.encoded_value')).toBe(pair.publicKey);
    expect((await post({ active: false })).at('public-key.active')).toBe(false);
    expect((await post({})).at('public-key.active')).toBe(true);
  });
  it('200: by an administrator, for any account', async () => {
    expect((await post({ name: 'first' }, 'admin', accountIds.buyer)).at('public-key.user_id')).toBe(accountIds.buyer);
  });
  it('audits it among the member’s changes, the key as ***', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await post({ name: 'audited' });
    const [event] = await platform.audit(last);
    expect(event).toMatchObject({ operation: 'createPublicKey', object_type: 'public_key', member_id: members.provider, before: null });
    expect(JSON.parse(event?.after ?? '')).toMatchObject({ name: 'audited', encoded_value: '***', active: 1 });
  });
  it.each([
    ['no name', { name: undefined }],
    ['an empty name', { name: '' }],
    ['no key', { encoded_value: undefined }],
    ['no PEM', { encoded_value: '-----BEGIN PUBLIC KEY-----\nMIIBI....\n-----END PUBLIC KEY-----' }],
    ['a short key', { encoded_value: rsa(1024).publicKey }],
    ['a private key', { encoded_value: pair.privateKey }],
    ['two keys', { encoded_value: pair.publicKey + pair.publicKey }],
    ['another kind of key', { encoded_value: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export(spki) }],
    ['a key for another signature', { encoded_value: generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export(spki) }],
    ['a key without end', { encoded_value: `-----BEGIN PUBLIC KEY-----${'A'.repeat(5000)}-----END PUBLIC KEY-----` }],
    ['another account than the address says', { user_id: accountIds.viewer }],
    ['a flag that is none', { active: 'perhaps' }],
  ])('400 SYNTAX: %s', async (_what, key) => {
    const answer = await post(key);
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
    expect(answer.text).not.toContain('PRIVATE');
  });
  it('400 SYNTAX: no account named', async () => {
    expect((await platform.call('POST /public-key', { json: { 'public-key': {} } })).at('error_id')).toBe('SYNTAX');
  });
  it('403 UNAUTH: another account, there or not; a viewer’s own', async () => {
    for (const user of [accountIds.buyer, accountIds.viewer, 99_999])
      expect((await post({}, 'provider', user)).at('error_id')).toBe('UNAUTH');
    expect((await post({}, 'viewer', accountIds.viewer)).at('error_id')).toBe('UNAUTH');
  });
  it('404: an administrator’s for an account that is not there', async () =>
    expect((await post({}, 'admin', 99_999)).at('error_code')).toBe('NOT_FOUND'));
  it('409 INTEGRITY: a name that the account has used, by case', async () => {
    await post({ name: 'once' });
    expect((await post({ name: 'once' })).at('error_id')).toBe('INTEGRITY');
    expect((await post({ name: 'Once' })).status).toBe(200);
    expect((await post({ name: 'once' }, 'stranger', accountIds.stranger)).status).toBe(200);
  });
});

describe('listPublicKeys', () => {
  it('200: all of the account by id, one by its id, and by filter', async () => {
    const made = (await post({ name: 'listed' }, 'idleBuyer', accountIds.idleBuyer)).at('id');
    await post({ name: 'other', active: false }, 'idleBuyer', accountIds.idleBuyer);
    const user = `user_id=${accountIds.idleBuyer}`;
    const all = await get(`?${user}`, 'idleBuyer');
    expect([all.at('count'), all.at('public-keys.0.id'), all.at('public-keys.1.name')]).toEqual([2, made, 'other']);
    expect((await get(`?${user}&id=${String(made)}`, 'idleBuyer')).at('public-key.name')).toBe('listed');
    expect((await get(`/${String(made)}?${user}`, 'idleBuyer')).at('public-key.name')).toBe('listed');
    expect((await get(`?${user}&active=false`, 'admin')).at('public-keys.0.name')).toBe('other');
  });
  it('200: a viewer’s own', async () => expect((await get(`?user_id=${accountIds.viewer}`, 'viewer')).at('public-keys')).toEqual([]));
  it('200: meta', async () => expect((await get('/meta')).at('fields.0.name')).toBe('id'));
  it('400 SYNTAX: no account named', async () => expect((await get('')).at('error_id')).toBe('SYNTAX'));
  it('403 UNAUTH: another account’s', async () => expect((await get(`?user_id=${accountIds.viewer}`)).at('error_id')).toBe('UNAUTH'));
  it('404: another account’s key', async () => {
    const id = String((await post({}, 'buyer', accountIds.buyer)).at('id'));
    expect((await get(`?user_id=${own}&id=${id}`)).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('updatePublicKey', () => {
  it('200: switches the key, and nothing else', async () => {
    const id = String((await post({ name: 'fixed' })).at('id'));
    const query = `?key_id=${id}&user_id=${own}`;
    const answer = await put(query, { active: false, name: 'other', encoded_value: 'x' });
    expect(answer.at('public-key')).toMatchObject({ active: false, name: 'fixed', encoded_value: pair.publicKey });
    expect(answer.warnings).toEqual([
      'public-key.name is read-only and was ignored',
      'public-key.encoded_value is read-only and was ignored',
    ]);
    expect((await put(query, {})).at('public-key.active')).toBe(false);
    expect((await put(query, { active: true }, 'admin')).at('public-key.active')).toBe(true);
  });
  it.each(['', `?user_id=${own}`, '?key_id=1', `?key_id=x&user_id=${own}`])('400 SYNTAX: %s', async (query) =>
    expect((await put(query, { active: true })).at('error_id')).toBe('SYNTAX'),
  );
  it('403 UNAUTH: another account’s', async () =>
    expect((await put(`?key_id=1&user_id=${accountIds.buyer}`, { active: false })).at('error_id')).toBe('UNAUTH'));
  it('404: a key of another account', async () => {
    const id = String((await post({}, 'buyer', accountIds.buyer)).at('id'));
    expect((await put(`?key_id=${id}&user_id=${own}`, { active: false })).at('error_code')).toBe('NOT_FOUND');
    expect((await get(`?user_id=${accountIds.buyer}&id=${id}`, 'admin')).at('public-key.active')).toBe(true);
  });
});

it('405: keys are not deleted', async () =>
  expect((await platform.call(`DELETE /public-key?key_id=1&user_id=${own}` as 'DELETE /x')).status).toBe(405));
