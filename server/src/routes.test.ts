import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessWorld, accountOf, addressed, marker, type Sample, samples } from '../test/access-samples.ts';
import { type AccessRow, type Caller, callers, readAccessTable } from '../test/access-table.ts';
import {
  type AccountName,
  members,
  type PlatformAnswer,
  type PlatformCall,
  type PlatformOptions,
  startPlatform,
} from '../test/platform-server.ts';
import type { AccountOperation, Operation } from './http/operation.ts';

/** docs/access.md: what each caller gets on every route. */
const rows = readAccessTable();

/** A machine elsewhere, so that nothing is answered because it came from this one. */
const fromAfar = { 'x-forwarded-for': '203.0.113.7' };
const throttleHeaders = ['x-ratelimit-read', 'x-ratelimit-write', 'x-ratelimit-system', 'x-count-read', 'x-count-write', 'x-rate-limits'];

const start = async (settings: PlatformOptions['settings'] = {}): Promise<AccessWorld> =>
  new AccessWorld(await startPlatform({ settings: { trustProxy: 1, ...settings } }));

function rowOf(operation: Operation, path: string): AccessRow | undefined {
  const own = rows.filter((row) => row.operation === operation.id);
  return own.find((row) => row.paths.includes(path)) ?? own.find((row) => row.paths.length === 0);
}

/** What the table says of an answer: 200, 404, or the error's id. */
const outcomeOf = (answer: PlatformAnswer): string =>
  [200, 404].includes(answer.status) ? String(answer.status) : String(answer.at('error_id') ?? answer.status);

const ownerOf = (operation: Operation): AccountName => samples[operation.id]?.owner ?? 'provider';

async function sampleOf(operation: Operation, world: AccessWorld): Promise<Sample> {
  const made = samples[operation.id];
  if (made) return made.make(world);
  return operation.method === 'GET' ? {} : { body: '' };
}

function send(world: AccessWorld, { method }: Operation, path: string, sample: Sample, options: PlatformCall): Promise<PlatformAnswer> {
  const { json, body } = sample;
  return world.platform.call(`${method} ${addressed(path, sample, method) as '/x'}`, {
    ...options,
    ...(json === undefined ? {} : { json }),
    ...(body === undefined ? {} : { body }),
    headers: { ...fromAfar, ...options.headers },
  });
}

async function callAs(world: AccessWorld, operation: Operation, path: string, caller: Caller): Promise<PlatformAnswer> {
  return send(world, operation, path, await sampleOf(operation, world), { as: accountOf(caller, ownerOf(operation)) });
}

describe('docs/access.md', () => {
  let world: AccessWorld;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world.platform.stop());
  // Routes of the exchange take keys too; exchange-access.test.ts walks them.
  const known = () => world.platform.server.operations.filter(({ keys }) => keys === undefined);

  it('has a row for every route, and for no other', () => {
    const routes = known().flatMap((operation) => operation.paths.map((path) => ({ operation, path })));
    expect(
      routes.filter(({ operation, path }) => !rowOf(operation, path)).map(({ operation: { method }, path }) => `${method} ${path}`),
    ).toEqual([]);
    const told = rows.flatMap((row) => row.paths.map((path) => `${row.operation} ${row.method} ${path}`));
    const there = new Set(routes.map(({ operation, path }) => `${operation.id} ${operation.method} ${path}`));
    expect(told.filter((route) => !there.has(route))).toEqual([]);
    expect(new Set(told).size).toBe(told.length);
    const ids = new Set(known().map(({ id }) => id));
    expect(rows.map((row) => row.operation).filter((id) => !ids.has(id))).toEqual([]);
    expect(Object.keys(samples).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('says what each counts as, and which take the token in the query', () => {
    const wrong = known().flatMap((operation) =>
      operation.paths.filter((path) => {
        const row = rowOf(operation, path);
        const { access } = operation;
        const counts = access === 'anyone' || !access.throttled ? 'none' : operation.method === 'GET' ? 'read' : 'write';
        return row?.counts !== counts || row.tokenInQuery !== (access !== 'anyone' && access.tokenInQuery);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('every operation has one name, and every route one operation', () => {
    const routes = known().flatMap(({ method, paths }) => paths.map((path) => `${method} ${path}`));
    expect(new Set(routes).size).toBe(routes.length);
    expect(new Set(known().map(({ id }) => id)).size).toBe(known().length);
  });
});

/** All tests of a walk share a server; each call has a sample of its own. */
describe.each(rows)('$operation $method $paths', (row) => {
  let world: AccessWorld;
  beforeAll(async () => {
    world = await sharedWorld();
  });
  const routes = (): readonly (readonly [Operation, string])[] =>
    world.platform.server.operations
      .filter(({ id }) => id === row.operation)
      .flatMap((operation) => operation.paths.filter((path) => rowOf(operation, path) === row).map((path) => [operation, path] as const));

  it('answers each caller as the table says, with the headers of the throttle where it counts', async () => {
    for (const [operation, path] of routes())
      for (const caller of callers) {
        const answer = await callAs(world, operation, path, caller);
        expect(outcomeOf(answer), `${caller}: ${path} ${answer.text.slice(0, 300)}`).toBe(row.outcomes[caller]);
        const told = throttleHeaders.filter((name) => answer.headers[name] !== undefined);
        expect(told, `${caller}: ${path}`).toEqual(row.counts === 'none' || caller === 'nobody' ? [] : throttleHeaders);
      }
  });

  it('shows nobody else what is the owner’s', async () => {
    for (const [operation, path] of routes())
      for (const caller of ['nobody', 'another member'] as const) {
        const one = await callAs(world, operation, path, caller);
        const as = accountOf(caller, ownerOf(operation));
        const all = operation.method === 'GET' ? [await send(world, operation, path.replace(/\/:.*/, ''), {}, { as })] : [];
        const shown = [one, ...all].filter((answer) => answer.text.includes(marker));
        expect(shown.map((answer) => answer.text)).toEqual([]);
      }
  });

  it('takes the token in the query only where the table says so', async () => {
    for (const [operation, path] of routes()) {
      const sample = await sampleOf(operation, world);
      const token = `access_token=${world.platform.tokens[ownerOf(operation)]}`;
      const query = [sample.query, token].filter((part) => part !== undefined).join('&');
      const answer = await send(world, operation, path, { ...sample, query }, { as: null });
      expect(outcomeOf(answer), path).toBe(row.outcomes[row.tokenInQuery ? 'owner' : 'nobody']);
    }
  });

  it('writes nothing for a page of another site that has the cookie alone', async () => {
    for (const [operation, path] of routes()) {
      if (operation.access === 'anyone' || operation.method === 'GET') continue;
      for (const headers of elsewhere) {
        const answer = await send(world, operation, path, await sampleOf(operation, world), {
          as: null,
          headers: { ...cookie(world, 'admin'), ...headers },
        });
        expect([outcomeOf(answer), answer.at('error')], path).toEqual(['UNAUTH', expect.stringMatching(/^A page of another site/)]);
      }
    }
  });

  it('takes the cookie from this server’s own pages and from programs, and reads for any page', async () => {
    for (const [operation, path] of routes()) {
      if (operation.access === 'anyone') continue;
      const own = [{}, { origin: world.platform.url }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }];
      for (const headers of operation.method === 'GET' ? [...own, ...elsewhere] : own) {
        const owner = ownerOf(operation);
        const answer = await send(world, operation, path, await sampleOf(operation, world), {
          as: null,
          headers: { ...cookie(world, owner), ...headers },
        });
        expect(outcomeOf(answer), path).toBe(row.outcomes.owner);
      }
    }
  });
});

/** What browsers say of requests that a page of another site makes. */
const elsewhere: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://elsewhere.example' },
  { origin: 'null' },
];

const cookie = (world: AccessWorld, account: AccountName) => ({ cookie: `IBAPI_SESSID=${world.platform.tokens[account]}` });

let shared: Promise<AccessWorld> | undefined;
const sharedWorld = (): Promise<AccessWorld> => (shared ??= start());
afterAll(async () => (await shared)?.platform.stop());

describe('with FOYER_HOT_ROUTES=off', () => {
  let world: AccessWorld;
  beforeAll(async () => {
    world = await start({ hotRoutes: false });
  });
  afterAll(() => world.platform.stop());

  it.each(rows.filter((row) => row.tokenInQuery))('$operation $method answers and refuses alike', async (row) => {
    for (const operation of world.platform.server.operations.filter(({ id }) => id === row.operation)) {
      const path = operation.paths[0] ?? '';
      for (const caller of callers) expect(outcomeOf(await callAs(world, operation, path, caller)), caller).toBe(row.outcomes[caller]);
      const sample = await sampleOf(operation, world);
      for (const headers of elsewhere) {
        const answer = await send(world, operation, path, sample, { as: null, headers: { ...cookie(world, 'admin'), ...headers } });
        expect(outcomeOf(answer)).toBe(operation.method === 'GET' ? row.outcomes.admin : 'UNAUTH');
      }
    }
  });
});

describe('a member over its limits', () => {
  let world: AccessWorld;
  beforeAll(async () => {
    world = await start();
    await world.platform.server.catalog.change(
      { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null },
      async (change) => {
        await change.db
          .updateTable('member')
          .set({ reads_per_minute: 1, writes_per_minute: 1 })
          .where('id', '=', members.idleBuyer)
          .execute();
        change.touch('member', members.idleBuyer);
      },
    );
    await world.platform.call('GET /member', { as: 'idleBuyer' });
    await world.platform.call('PUT /user', { as: 'idleBuyer', json: {} });
  });
  afterAll(() => world.platform.stop());

  const isCounted = (operation: Operation): operation is AccountOperation => operation.access !== 'anyone' && operation.access.throttled;

  it('is refused on every route that counts, with the time to wait', async () => {
    world.platform.clock.forward(12_500);
    for (const operation of world.platform.server.operations.filter(isCounted)) {
      const kind = operation.method === 'GET' ? 'reads' : 'writes';
      const answer = await send(world, operation, operation.paths[0] ?? '', { body: '' }, { as: 'idleBuyer' });
      expect([answer.status, answer.at('error_id'), answer.at('error_code'), answer.at('error_description')], operation.id).toEqual([
        429,
        'SYSTEM',
        'RATE_EXCEEDED',
        'rate limit has been exceeded',
      ]);
      expect(answer.at('error')).toMatch(`You have exceeded your request limit of 1 ${kind} per 60 seconds for this member, `);
      expect(answer.headers).toMatchObject({
        'retry-after': '48',
        'x-ratelimit-read': '1',
        'x-ratelimit-write': '1',
        'x-ratelimit-system': '0',
        'x-count-read': 'user:1,member:1',
        'x-count-write': 'user:1,member:1',
        'x-rate-limits': 'cru=1;crm=1;cwu=1;cwm=1;lru=0;lrm=1;lwu=0;lwm=1',
      });
    }
  });

  it('is let in on all others', async () => {
    for (const operation of world.platform.server.operations.filter((each) => !isCounted(each))) {
      const answer = await send(world, operation, operation.paths[0] ?? '', { body: '' }, { as: 'idleBuyer' });
      expect(answer.status, operation.id).not.toBe(429);
    }
  });
});
