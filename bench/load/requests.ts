import { Buffer } from 'node:buffer';
import { randomAdditions, randomUsers, type Random, seededRandom, userIdOf, wholeBelow } from '../data/audience.ts';

/** What a scenario sends. Plain data: it goes to the generator's process. */
export type RequestPlan =
  | { readonly kind: 'instant'; readonly usersPerCall: number; readonly segmentsPerUser: number }
  | { readonly kind: 'lookup' };

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
  return Array.from({ length: count }, () =>
    plan.kind === 'lookup'
      ? lookupRequest(wholeBelow(random, users), token)
      : instantRequest(randomUsers(random, users, plan.usersPerCall), plan.segmentsPerUser, random, token),
  );
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
