/**
 * The two hot routes as a careful programmer would write them over a database: node:http alone, JSON.parse, checks by hand, no accounts,
 * no limits, no counters, no log. That is less than Foyer does.
 */
import { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { segmentIds } from '../data/audience.ts';
import type { SampleAnswer } from '../contenders/contender.ts';
import type { Membership } from '../../server/src/profiles/profile-store.ts';

/** One user of a call, checked. */
export interface UserAdditions {
  readonly userId: bigint;
  readonly additions: readonly { readonly segment: number; readonly value: number; readonly lifetimeMinutes: number }[];
}

export interface RouteProfiles {
  /** Merges; resolves when the database has acknowledged. */
  write(users: readonly UserAdditions[], atS: number): Promise<unknown>;
  /** Live memberships by segment ascending. */
  read(userId: bigint, nowS: number): Promise<readonly Membership[]>;
}

/** What the routes are started with: where the database listens, and answers of Foyer's whose form they take. */
export interface RouteOptions {
  readonly port: number;
  /** To any call that writes; null: none comes. */
  readonly instant: SampleAnswer | null;
  readonly lookup: SampleAnswer;
}

const knownSegments: ReadonlySet<unknown> = new Set(segmentIds);
const mostValue = 2 ** 31 - 1;
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostValue;

/** @throws Error where a body is not as the bench sends them. */
export function readUsers(body: unknown): UserAdditions[] {
  const list = (body as { readonly rt_segment?: unknown } | null)?.rt_segment;
  if (!Array.isArray(list)) throw new Error('rt_segment is not an array');
  return list.map((entry: { readonly user_id?: unknown; readonly seg_block?: unknown } | null) => {
    if (typeof entry?.user_id !== 'string' || !/^\d{1,20}$/.test(entry.user_id)) throw new Error('user_id is not a number');
    if (!Array.isArray(entry.seg_block)) throw new Error('seg_block is not an array');
    return { userId: BigInt(entry.user_id), additions: entry.seg_block.map(readAddition) };
  });
}

function readAddition(
  block: { readonly seg_id?: unknown; readonly value?: unknown; readonly expiration?: unknown } | null,
): UserAdditions['additions'][number] {
  const { seg_id: segment, value, expiration } = block ?? {};
  if (!knownSegments.has(segment) || !isCount(value) || !isCount(expiration)) throw new Error('a block is not as it should be');
  return { segment: Number(segment), value, lifetimeMinutes: expiration };
}

/** Begins to listen and tells the parent the port. */
export function serveRoutes(profiles: RouteProfiles, { instant, lookup }: RouteOptions): void {
  const { response: form } = JSON.parse(lookup.body) as { readonly response: { readonly user: object } };
  const handle = async (request: IncomingMessage): Promise<SampleAnswer> => {
    const nowS = Math.floor(Date.now() / 1000);
    if (request.method === 'GET') {
      const userId = /[?&]uid=(\d{1,20})(?:&|$)/.exec(request.url ?? '')?.[1];
      if (userId === undefined) throw new Error('uid is not a number');
      const memberships = (await profiles.read(BigInt(userId), nowS)).map(membershipOnWire);
      const user = { ...form.user, user_id: userId, known: memberships.length > 0 };
      const body = JSON.stringify({ response: { ...form, count: memberships.length, user, memberships } });
      return { contentType: lookup.contentType, body };
    }
    const users = readUsers(JSON.parse((await wholeBody(request)).toString('utf8')));
    await profiles.write(users, nowS);
    if (instant === null) throw new Error('nobody said what to answer to a write');
    return instant;
  };
  const server = createServer((request, response) => {
    handle(request).then(
      (answer) => send(response, 200, answer),
      (error: unknown) => send(response, 400, { contentType: 'text/plain', body: String(error) }),
    );
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

function wholeBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, { contentType, body }: SampleAnswer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** The data provider of the bench catalog. */
const providerId = 500;
const timeOnWire = (s: number): string => new Date(s * 1000).toISOString().slice(0, 19).replace('T', ' ');

const membershipOnWire = ({ segment, value, addedAtS, lifetimeMinutes, source }: Membership): object => ({
  segment_id: segment,
  code: `bench_${segment}`,
  member_id: providerId,
  value,
  added_at: timeOnWire(addedAtS),
  expires_at: lifetimeMinutes === null ? null : timeOnWire(addedAtS + lifetimeMinutes * 60),
  lifetime_minutes: lifetimeMinutes,
  source: source.kind,
});
