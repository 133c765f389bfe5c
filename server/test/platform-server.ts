/**
 * A server inside the test's own process: composed like the real one, on a free loopback port, with a clock that the test moves
 * and the model engine for profiles. The catalog is a real one, on SQLite or PostgreSQL (temporary-catalog.ts), and goes with the server.
 */
import { pino } from 'pino';
import { insertAccount } from '../src/access/store/account-store.ts';
import { compose, type ComposedServer } from '../src/compose.ts';
import { type Config, readConfig } from '../src/config/config.ts';
import { asAccountId } from '../src/kit/ids.ts';
import type { Clock } from '../src/kit/clock.ts';
import { setEnabled } from '../src/marketplace/store/data-buyer-provider-store.ts';
import { insertAdvertiser } from '../src/members/store/advertiser-store.ts';
import { insertMember } from '../src/members/store/member-store.ts';
import { ModelProfileStore } from '../src/profiles/model/model-profile-store.ts';
import { DataDirectory } from '../src/storage/files/data-directory.ts';
import type { ChangeContext } from '../src/storage/sql/catalog-change.ts';
import type { AuditEventTable } from '../src/storage/sql/catalog-schema.ts';
import { type Answer, call, type CallOptions, type Json, pick } from './api.ts';
import { temporaryDatabase } from './postgres-databases.ts';
import { temporaryFolder } from './running-server.ts';
import { postgresUrl } from './temporary-catalog.ts';

/** A clock that stands until it is moved. */
export class StandingClock implements Clock {
  #ms: number;
  constructor(ms = Date.UTC(2026, 0, 15, 12, 0, 0)) {
    this.#ms = ms;
  }
  nowMs(): number {
    return this.#ms;
  }
  forward(ms: number): void {
    this.#ms += ms;
  }
}

/** The members that every platform server has. `stranger` is a provider that nobody has enabled. */
export const members = { platform: 1, provider: 10, stranger: 20, buyer: 30, idleBuyer: 40, dspBuyer: 50, bidder: 60 } as const;
/** Their accounts. All have the same password, hashed once and for all. */
export const accountIds = { admin: 101, provider: 102, viewer: 103, buyer: 104, stranger: 105, idleBuyer: 106, bidder: 107 } as const;
export type AccountName = keyof typeof accountIds;
export const advertisers = { provider: 201, stranger: 202 } as const;

export const password = 'Correct-horse-1';
const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$2+uA70V1scUJyeiXwi3T/w$C4b63nrj3FyOUwEB4qCItAH7Mm4uQa8sAlS+pSFT43g';

const nobody: ChangeContext = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };

export interface PlatformCall extends Omit<CallOptions, 'token' | 'method'> {
  /** Whose token goes along; null: none. Default: the provider's. */
  readonly as?: AccountName | null;
}

export interface PlatformServer {
  readonly url: string;
  /** The data directory. */
  readonly path: string;
  readonly clock: StandingClock;
  readonly server: ComposedServer;
  readonly tokens: Readonly<Record<AccountName, string>>;
  readonly call: (
    request: `${'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD'} /${string}`,
    options?: PlatformCall,
  ) => Promise<PlatformAnswer>;
  /** Events of the audit trail behind this one, the newest last. */
  readonly audit: (afterId?: number) => Promise<AuditEventTable[]>;
  readonly stop: () => Promise<void>;
}

export interface PlatformAnswer extends Answer {
  /** A place in the envelope: `at('segments.0.id')`. */
  readonly at: (path: string) => Json | undefined;
  readonly warnings: readonly string[];
}

export interface PlatformOptions {
  readonly settings?: Partial<Config>;
  readonly clock?: StandingClock;
  /** Without the members and accounts. */
  readonly bare?: boolean;
  /** Profiles in the data directory, in the embedded engine. */
  readonly embedded?: boolean;
}

export async function startPlatform({
  settings = {},
  clock = new StandingClock(),
  bare = false,
  embedded = false,
}: PlatformOptions = {}): Promise<PlatformServer> {
  const folder = temporaryFolder('platform');
  const directory = DataDirectory.hold(folder.path);
  const postgres = postgresUrl();
  const database = postgres === undefined ? undefined : await temporaryDatabase(postgres);
  const place = { databaseUrl: database?.url ?? '', databaseReaders: 3 };
  const config: Config = { ...readConfig({}).config, ...place, rtRateLimit: false, durability: 'os', ...settings };
  const { holdExternal: holdExternals, maxLinksPerUser } = config;
  const openProfiles = async () => new ModelProfileStore({ clock, holdExternals, maxLinksPerUser });
  const server = await compose({
    config,
    clock,
    directory,
    log: pino({ level: 'silent' }),
    onProgress: () => {},
    ...(embedded ? {} : { openProfiles }),
  });
  if (!bare) await furnish(server);
  const { port } = await server.http.listen('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;
  const tokens = await tokensOf(server, bare);
  return {
    url,
    path: folder.path,
    clock,
    server,
    tokens,
    async call(request, { as = 'provider', ...options } = {}) {
      const [method = '', path = ''] = request.split(/ (.*)/s);
      const answer = await call(url, path, { ...options, method, ...(as === null ? {} : { token: tokens[as] }) });
      const warnings = (pick(answer.json, 'response.dbg_info.warnings') ?? []) as string[];
      return { ...answer, warnings, at: (place) => pick(answer.json, `response.${place}`) };
    },
    audit: (afterId = 0) => server.catalog.read.selectFrom('audit_event').selectAll().where('id', '>', afterId).orderBy('id').execute(),
    async stop() {
      await server.stop();
      directory.release();
      await database?.remove();
      folder.remove();
    },
  };
}

async function tokensOf(server: ComposedServer, bare: boolean): Promise<Record<AccountName, string>> {
  const tokens: Record<string, string> = {};
  for (const [name, id] of Object.entries(accountIds)) tokens[name] = bare ? '' : await server.sessions.create(asAccountId(id));
  return tokens as Record<AccountName, string>;
}

async function furnish(server: ComposedServer): Promise<void> {
  await server.catalog.change(nobody, async (change) => {
    const unlimited = { reads_per_minute: 0, writes_per_minute: 0 };
    const add = (name: keyof typeof members, primaryType: string, more: object = {}) =>
      insertMember(change, { id: members[name], name: `Member ${name}`, primary_type: primaryType, ...unlimited, ...more });
    await add('platform', 'platform');
    await add('provider', 'data_provider');
    await add('stranger', 'data_provider');
    await add('buyer', 'buyer');
    await add('idleBuyer', 'buyer');
    await add('dspBuyer', 'buyer', { externally_integrated_dsp: 1 });
    await add('bidder', 'bidder');
    await change.reserveIds('member', 1000);
    for (const name of Object.keys(accountIds) as AccountName[]) await addAccount(change, name);
    await change.reserveIds('account', 1000);
    await insertAdvertiser(change, { id: advertisers.provider, member_id: members.provider, name: 'Advertiser', code: 'Adv' });
    await insertAdvertiser(change, { id: advertisers.stranger, member_id: members.stranger, name: 'Foreign advertiser' });
    await change.reserveIds('advertiser', 1000);
    await change.reserveIds('segment', 10_000);
    for (const buyer of [members.buyer, members.bidder, members.dspBuyer])
      await setEnabled(change, { buyer, provider: members.provider, active: true });
  });
}

function addAccount(change: Parameters<typeof insertAccount>[0], name: AccountName): Promise<number> {
  const member = name === 'admin' ? members.platform : name === 'viewer' ? members.provider : members[name];
  return insertAccount(
    change,
    {
      member_id: member,
      username: name,
      password_hash: passwordHash,
      password_expires_on: null,
      first_name: 'Test',
      last_name: name,
      email: `${name}@example.com`,
      phone: null,
      user_type: name === 'admin' ? 'admin' : 'member',
      read_only: Number(name === 'viewer'),
      api_login: 1,
      state: 'active',
      logins_per_5_minutes: 10,
      test_password: 0,
      first_start: 0,
    },
    accountIds[name],
  );
}
