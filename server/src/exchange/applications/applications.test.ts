import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExchangeClient, field, pushSource, refused } from '../../../test/exchange-client.ts';
import { type AccountName, members, startPlatform } from '../../../test/platform-server.ts';

let exchange: ExchangeClient;
beforeAll(async () => {
  exchange = new ExchangeClient(await startPlatform());
});
afterAll(() => exchange.platform.stop());

const people = { name: 'people', identifiers: [{ name: 'mail', type: 'email' }] };
const definition = {
  providerName: 'Example Co',
  displayName: 'Store app',
  description: 'a blueprint',
  endpointTypes: { segment: pushSource },
  marketingDatabasesDefinition: { marketingDatabases: [people] },
  connectType: 'INSTRUCTIONS',
  instructions: 'Paste the key.',
};

async function defined(as: AccountName = 'provider', more: object = {}): Promise<{ id: number; key: string }> {
  const made = await exchange.as(as, 'POST /v1/applications', { ...definition, ...more });
  return { id: Number(field(made, 'applicationId')), key: String(field(made, 'key')) };
}
const listedTo = async (as: AccountName, id: number): Promise<Readonly<Record<string, unknown>> | undefined> =>
  ((await exchange.as(as, 'GET /v1/applications?limit=1000')).json as { applicationId: number }[]).find((one) => one.applicationId === id);
const register = (as: AccountName, applicationId: number) =>
  exchange.as(as, 'POST /v1/endpoint-registrations', { name: 'From it', applicationId });
const ask = (id: number, as: AccountName = 'provider') =>
  exchange.platform.call('POST /application-review', { as, json: { application_review: { application_id: id } } });
const decide = (review: unknown, body: object, as: AccountName = 'admin') =>
  exchange.platform.call(`PUT /application-review?id=${String(review)}`, { as, json: { application_review: body } });
async function approved(): Promise<{ id: number; key: string; review: unknown }> {
  const application = await defined();
  const review = (await ask(application.id)).at('id');
  await decide(review, { state: 'APPROVED' });
  return { ...application, review };
}
const stateOf = async (id: number): Promise<unknown> => (await listedTo('provider', id))?.['state'];

describe('an application', () => {
  it('is a draft of its owner, with its key shown once', async () => {
    const made = await exchange.as('provider', 'POST /v1/applications', definition);
    expect([made.status, made.json]).toEqual([
      201,
      { applicationId: expect.any(Number), deploymentId: 1, key: expect.stringMatching(/^fx_/) },
    ]);
    const id = Number(field(made, 'applicationId'));
    expect(await listedTo('provider', id)).toEqual({
      ...definition,
      applicationId: id,
      deploymentId: 1,
      memberId: members.provider,
      state: 'DRAFT',
      authType: null,
    });
    expect(await listedTo('stranger', id)).toBeUndefined();
  });

  it('of the platform’s member needs no approval', async () => {
    const { id } = await defined('admin');
    expect(await listedTo('stranger', id)).toMatchObject({ state: 'APPROVED', memberId: members.platform });
    expect((await register('stranger', id)).status).toBe(201);
  });

  it('is what its endpoints are registered from, once for a member', async () => {
    const { id } = await defined();
    const made = await register('provider', id);
    expect(made.json).toMatchObject({ status: 'PENDING', connectType: 'INSTRUCTIONS', instructions: 'Paste the key.' });
    const key = String(field(made, 'key'));
    const endpoint = Number(field(made, 'endpointId'));
    expect((await exchange.withKey(key, `PUT /v1/endpoint/${id}/1`)).json).toEqual({ endpointId: endpoint, status: 'ACTIVE' });
    expect(await exchange.read(endpoint)).toMatchObject({
      kind: 'application',
      applicationId: id,
      name: 'From it',
      providerName: 'Example Co',
      source: { type: 'push' },
      identifiers: [{ name: 'mail', type: 'email' }],
    });
    expect(refused(await register('provider', id))).toEqual([409, 'DUPLICATE']);
    const own = { marketingDatabases: [{ name: 'own', identifiers: [{ name: 'phone', type: 'phone' }] }] };
    await exchange.withKey(key, `PUT /v1/endpoint/${id}/1`, { name: 'Renamed', marketingDatabasesDefinition: own });
    expect(await exchange.read(endpoint)).toMatchObject({ name: 'Renamed', identifiers: [{ name: 'phone', type: 'phone' }] });
    expect(refused(await exchange.withKey(key, `PUT /v1/endpoint/${id}/2`))).toEqual([404, 'NOT_FOUND']);
    const other = await defined();
    expect(refused(await exchange.withKey(key, `PUT /v1/endpoint/${other.id}/1`))).toEqual([409, 'BAD_STATE']);
  });

  it('takes a custom endpoint as its member’s first one', async () => {
    const { id } = await defined();
    const custom = await exchange.registered('Custom');
    expect((await exchange.withKey(custom.key, `PUT /v1/endpoint/${id}/1`)).status).toBe(200);
    expect(await exchange.read(custom.id)).toMatchObject({ kind: 'application', applicationId: id });
    const second = await exchange.registered('Second');
    expect(refused(await exchange.withKey(second.key, `PUT /v1/endpoint/${id}/1`))).toEqual([409, 'DUPLICATE']);
  });

  it('is defined in the protocol’s form, and anew with its own key', async () => {
    const made = await exchange.as('provider', 'POST /v1/application', definition);
    expect(made.status).toBe(201);
    const id = Number(field(made, 'applicationId'));
    const again = await exchange.withKey(String(field(made, 'key')), 'POST /v1/application', { ...definition, displayName: 'Renamed' });
    expect([again.status, again.json]).toEqual([201, { applicationId: id, deploymentId: 1 }]);
    expect(await listedTo('provider', id)).toMatchObject({ displayName: 'Renamed', state: 'DRAFT' });
  });

  it('says how users connect', async () => {
    const { id, key } = await defined();
    const path = `PUT /v1/application/${id}/deployment/1/onboarding` as const;
    const answer = await exchange.withKey(key, path, { connectType: 'DIRECTCONNECT', authType: 'BASIC' });
    expect(answer.json).toEqual({
      applicationId: id,
      deploymentId: 1,
      connectType: 'DIRECTCONNECT',
      authType: 'BASIC',
      instructions: null,
    });
    expect(await listedTo('provider', id)).toMatchObject({ connectType: 'DIRECTCONNECT', authType: 'BASIC', instructions: null });
    const other = await defined();
    expect(refused(await exchange.withKey(other.key, path, { connectType: 'INSTRUCTIONS' }))).toEqual([403, 'AUTH_SCOPE']);
    expect(refused(await exchange.withKey(key, path, { connectType: 'OAUTH' }))).toEqual([400, 'INVALID_REQUEST', 'connectType']);
  });

  it.each<[string, object, string]>([
    ['no name', { displayName: undefined }, 'displayName'],
    ['no role', { endpointTypes: {} }, 'endpointTypes.segment'],
    ['an unknown member', { colour: 'red' }, 'colour'],
  ])('400: %s', async (_case, more, named) => {
    expect(refused(await exchange.as('provider', 'POST /v1/applications', { ...definition, ...more }))).toEqual([
      400,
      'INVALID_REQUEST',
      named,
    ]);
  });

  it('400: an address that nobody may call', async () => {
    const pulled = { endpointTypes: { segment: { source: { enabled: true, sourceType: 'pull' } } }, url: 'https://10.0.0.1' };
    const answer = await exchange.as('provider', 'POST /v1/applications', { ...definition, ...pulled });
    expect(refused(answer)).toEqual([400, 'ADDRESS_REFUSED', 'url']);
  });
});

describe('a review', () => {
  it('opens an application to others by the operator’s approval alone, and the owner is told', async () => {
    const { id } = await defined();
    expect(refused(await register('stranger', id))).toEqual([404, 'NOT_FOUND']);
    const asked = await ask(id);
    expect(asked.at('application_review')).toEqual({
      id: asked.at('id'),
      application_id: id,
      member_id: members.provider,
      state: 'IN_REVIEW',
      reason: null,
      requested_on: '2026-01-15 12:00:00',
      decided_on: null,
      last_modified: '2026-01-15 12:00:00',
    });
    expect(refused(await register('stranger', id))).toEqual([404, 'NOT_FOUND']);
    expect((await decide(asked.at('id'), { state: 'REJECTED', reason: 'No contact.' })).at('application_review.decided_on')).toBe(
      '2026-01-15 12:00:00',
    );
    expect(await stateOf(id)).toBe('REJECTED');
    const second = await ask(id);
    await decide(second.at('id'), { state: 'APPROVED' });
    expect(await listedTo('stranger', id)).toMatchObject({ displayName: 'Store app', state: 'APPROVED' });
    expect((await register('stranger', id)).status).toBe(201);
    const notices = (await exchange.platform.call('GET /notice?sort=id.asc')).at('notices') as {
      kind: string;
      details: { application_id: number };
    }[];
    expect(notices.filter(({ kind, details }) => kind === 'application-decided' && details.application_id === id)).toMatchObject([
      { severity: 'warning', details: { state: 'REJECTED', reason: 'No contact.', review_id: asked.at('id') } },
      { severity: 'info', details: { state: 'APPROVED', reason: null } },
    ]);
  });

  it('is taken back by the owner, and can be asked for again', async () => {
    const { id } = await defined();
    const review = (await ask(id)).at('id');
    expect((await decide(review, { state: 'DRAFT' }, 'provider')).at('application_review.state')).toBe('DRAFT');
    expect(await stateOf(id)).toBe('DRAFT');
    expect((await ask(id)).at('application_review.state')).toBe('IN_REVIEW');
  });

  it('begins again when an approved application changes in what was looked at, and in nothing else', async () => {
    const { id, key } = await approved();
    const redefine = (more: object) => exchange.withKey(key, 'POST /v1/application', { ...definition, ...more });
    await redefine({ displayName: 'Other name', instructions: 'Other text.', hashAlgorithm: 'NONE' });
    expect(await stateOf(id)).toBe('APPROVED');
    await redefine({ hashAlgorithm: 'SHA256' });
    expect(await stateOf(id)).toBe('IN_REVIEW');
    const reviews = await exchange.platform.call(`GET /application-review?application_id=${id}&sort=id.asc`);
    expect((reviews.at('application_reviews') as { state: string }[]).map(({ state }) => state)).toEqual(['APPROVED', 'IN_REVIEW']);
  });

  it('that withdraws an approval leaves endpoints that are there', async () => {
    const { id, review } = await approved();
    const made = await register('stranger', id);
    await decide(review, { state: 'REJECTED', reason: 'Abuse.' });
    expect((await exchange.withKey(String(field(made, 'key')), `PUT /v1/endpoint/${id}/1`)).status).toBe(200);
    expect(refused(await register('bidder', id))).toEqual([404, 'NOT_FOUND']);
  });

  it('400: a rejection without a reason, a reason without one', async () => {
    const { id } = await defined();
    const review = (await ask(id)).at('id');
    for (const body of [{ state: 'REJECTED' }, { state: 'REJECTED', reason: ' ' }, { state: 'APPROVED', reason: 'fine' }, {}])
      expect((await decide(review, body)).status, JSON.stringify(body)).toBe(400);
  });

  it('403: the owner decides nothing', async () => {
    const { id } = await defined();
    const review = (await ask(id)).at('id');
    for (const state of ['APPROVED', 'REJECTED'])
      expect((await decide(review, { state, reason: null }, 'provider')).at('error_id')).toBe('UNAUTH');
  });

  it('404: an application or a review of another member', async () => {
    const { id } = await defined();
    expect((await ask(id, 'stranger')).status).toBe(404);
    const review = (await ask(id)).at('id');
    expect((await decide(review, { state: 'DRAFT' }, 'stranger')).status).toBe(404);
    expect((await exchange.platform.call(`GET /application-review?id=${String(review)}`, { as: 'stranger' })).status).toBe(404);
  });

  it('409: steps that there are not, and reviews that are over', async () => {
    const { id } = await defined();
    const first = (await ask(id)).at('id');
    expect((await ask(id)).at('error_id')).toBe('INTEGRITY');
    expect((await decide(first, { state: 'IN_REVIEW' })).at('error_id')).toBe('INTEGRITY');
    await decide(first, { state: 'REJECTED', reason: 'No.' });
    expect((await decide(first, { state: 'APPROVED' })).at('error_id')).toBe('INTEGRITY');
    const second = (await ask(id)).at('id');
    await decide(second, { state: 'APPROVED' });
    await decide(second, { state: 'REJECTED', reason: 'No.' });
    await ask(id);
    expect((await decide(second, { state: 'DRAFT' }, 'provider')).at('error_id')).toBe('INTEGRITY');
  });
});
