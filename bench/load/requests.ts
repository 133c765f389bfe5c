import { Buffer } from 'node:buffer';
import { provider } from '../contenders/foyer-catalog.ts';
import { randomAdditions, randomUsers, type Random, seededRandom, userIdOf, wholeBelow } from '../data/audience.ts';

/** What a scenario sends. Plain data: it goes to the generator's process. */
export type RequestPlan =
  | { readonly kind: 'instant'; readonly usersPerCall: number; readonly segmentsPerUser: number }
  | { readonly kind: 'lookup' }
  | { readonly kind: 'visit'; readonly route: VisitRoute };

/** What browsers call. */
export type VisitRoute = 'getuidj' | 'mapuid' | 'seg';

export interface Preparation {
  /** Under which runs name these requests. */
  readonly name: string;
  readonly plan: RequestPlan;
  /** Different requests; they are sent round and round. */
  readonly count: number;
  /** The audience that users are drawn from. */
  readonly users: number;
  readonly token: string;
  readonly seed: number;
}

/** Whole HTTP requests, byte for byte what every contender gets. */
export function prepareRequests({ plan, count, users, token, seed }: Omit<Preparation, 'name'>): Buffer[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    switch (plan.kind) {
      case 'lookup':
        return lookupRequest(wholeBelow(random, users), token);
      case 'visit':
        return visitRequest(wholeBelow(random, users), visitPath(plan.route, random, at));
      case 'instant':
        return instantRequest(randomUsers(random, users, plan.usersPerCall), plan.segmentsPerUser, random, token);
    }
  });
}

/** The path and query of a browser's call; `at` makes an external id of 16 characters that no other request has. */
export function visitPath(route: VisitRoute, random: Random, at: number): string {
  switch (route) {
    case 'getuidj':
      return '/getuidj';
    case 'mapuid':
      return `/mapuid?member=${provider}&user=crm-${String(at).padStart(12, '0')}`;
    case 'seg':
      return `/seg?add=${randomAdditions(random, 2)
        .map(({ segment, value }) => `${segment}:${value}`)
        .join()}`;
  }
}

/** A browser's call of a user that has been there before, with the headers that browsers send along. */
function visitRequest(user: number, path: string): Buffer {
  const headers = [
    'host: 127.0.0.1',
    `cookie: uuid2=${userIdOf(user)}`,
    'accept: image/avif,image/webp,*/*;q=0.8',
    'accept-language: en-GB,en;q=0.9',
    'referer: https://www.publisher.example/',
    'sec-fetch-dest: image',
    'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  ];
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** `POST /rt-segment` with so many segments for each of the users. */
export function instantRequest(users: readonly number[], segmentsPerUser: number, random: Random, token: string): Buffer {
  const entries = users.map((user) => {
    const blocks = randomAdditions(random, segmentsPerUser).map(
      ({ segment, value, lifetimeMinutes }) => `{"seg_id":${segment},"value":${value},"expiration":${lifetimeMinutes}}`,
    );
    return `{"user_id":"${userIdOf(user)}","seg_block":[${blocks.join(',')}]}`;
  });
  const body = `{"rt_segment":[${entries.join(',')}]}`;
  const head = `POST /rt-segment HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body, 'latin1');
}

function lookupRequest(user: number, token: string): Buffer {
  return Buffer.from(
    `GET /user-segments?uid=${userIdOf(user)} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${token}\r\naccept: application/json\r\n\r\n`,
    'latin1',
  );
}
