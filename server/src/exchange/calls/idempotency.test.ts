import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExchangeClient, field, refused } from '../../../test/exchange-client.ts';
import { startPlatform } from '../../../test/platform-server.ts';

let client: ExchangeClient;
beforeAll(async () => {
  client = new ExchangeClient(await startPlatform());
});
afterAll(() => client.platform.stop());

const register = (key: string, json: unknown = { name: 'Store' }, account: 'provider' | 'stranger' = 'provider') =>
  client.as(account, 'POST /v1/endpoint-registrations', json, { 'idempotency-key': key });

describe('the same Idempotency-Key', () => {
  it('gets the first answer again, a key that is shown once included', async () => {
    const first = await register('one');
    const again = await register('one');
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(String(field(again, 'key')).length).toBeGreaterThan(20);
    const row = await client.platform.server.catalog.read
      .selectFrom('idempotent_call')
      .select('answer')
      .where('idempotency_key', '=', 'one')
      .executeTakeFirstOrThrow();
    expect(String(row.answer)).not.toContain(String(field(first, 'key')));
  });

  it('with the same JSON otherwise written: the first answer', async () => {
    const first = await register('order', { name: 'Store', connectType: 'INSTRUCTIONS' });
    expect((await register('order', { connectType: 'INSTRUCTIONS', name: 'Store' })).json).toEqual(first.json);
  });

  it('twice at once does the thing once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => register('at once', { name: 'At once' })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const made = await client.platform.server.catalog.read.selectFrom('endpoint').select('id').where('name', '=', 'At once').execute();
    expect(made.length).toBe(1);
  });

  it('409 DUPLICATE: another body, another route, another object', async () => {
    await register('other');
    expect(refused(await register('other', { name: 'Other' }))).toEqual([409, 'DUPLICATE']);
    const headers = { 'idempotency-key': 'other' };
    expect(refused(await client.as('provider', 'POST /v1/account-key', undefined, headers))).toEqual([409, 'DUPLICATE']);
    const [one, two] = [await client.registered('One'), await client.registered('Two')];
    const rotate = (id: number) => client.as('provider', `POST /v1/endpoints/${id}/rotate-key`, undefined, { 'idempotency-key': 'rotate' });
    expect((await rotate(one.id)).status).toBe(200);
    expect(refused(await rotate(two.id))).toEqual([409, 'DUPLICATE']);
  });

  it('of another member is another key', async () => {
    const first = await register('theirs');
    const other = await register('theirs', { name: 'Store' }, 'stranger');
    expect(other.status).toBe(201);
    expect(field(other, 'endpointId')).not.toBe(field(first, 'endpointId'));
  });

  it('a refusal is not kept: what was wrong can be mended', async () => {
    expect(refused(await register('mended', { name: '' }))[0]).toBe(400);
    expect((await register('mended')).status).toBe(201);
  });

  it.each(['', 'ä', 'x'.repeat(256)])('400 INVALID_REQUEST: %j is no key', async (key) => {
    const answer = await register(key === 'ä' ? 'Ã¤' : key);
    expect(refused(answer).slice(0, 2)).toEqual([400, 'INVALID_REQUEST']);
  });

  it('a day later is a new call', async () => {
    const first = await client.as('provider', 'POST /v1/account-key');
    const withKey = () =>
      client.withKey(String(field(first, 'key')), 'POST /v1/endpoint-registrations', { name: 'Day' }, { 'idempotency-key': 'day' });
    const one = field(await withKey(), 'endpointId');
    client.platform.clock.forward(86_400_000 - 1);
    expect(field(await withKey(), 'endpointId')).toBe(one);
    client.platform.clock.forward(1);
    expect(field(await withKey(), 'endpointId')).not.toBe(one);
  });
});
