import { call, pick } from '../api.ts';
import type { Random } from '../random.ts';
import { providerMember, segmentCode, segmentIds } from '../small-import.ts';
import type { Change, ExpectedProfiles } from './expected-profiles.ts';

export interface LoadOptions {
  readonly base: string;
  readonly token: string;
  readonly random: Random;
  readonly model: ExpectedProfiles;
  /** Callers at once; each has users of its own. */
  readonly callers: number;
  /** After so many new users only known ones are changed. */
  readonly maxNewUsers: number;
}

export interface LoadResult {
  acknowledged: number;
  changes: number;
  newUsers: number;
  /** Answers that no call should get. */
  readonly refused: string[];
}

/** Concurrent POST /rt-segment, small and large, adds, refreshes and removals, until `stop` or the server is gone. */
export class InstantLoad {
  readonly result: LoadResult = { acknowledged: 0, changes: 0, newUsers: 0, refused: [] };
  readonly #options: LoadOptions;
  readonly #callers: readonly Promise<void>[];
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#callers = Array.from({ length: options.callers }, () => this.#callOnAndOn());
  }

  /** Sends no further calls and waits for those in flight. */
  async stop(): Promise<LoadResult> {
    this.#stopped = true;
    await Promise.all(this.#callers);
    return this.result;
  }

  /** Waits until all callers have met a server that is gone. */
  async ended(): Promise<LoadResult> {
    await Promise.all(this.#callers);
    return this.result;
  }

  async #callOnAndOn(): Promise<void> {
    const { base, token, model } = this.#options;
    const own: string[] = [];
    while (!this.#stopped) {
      const changes = this.#nextChanges(own);
      model.send(changes);
      const answer = await call(base, '/rt-segment', { token, body: requestBody(changes, this.#options.random) }).catch(() => undefined);
      if (!answer) return;
      if (answer.status !== 200 || pick(answer.json, 'response.message.segments_in_request') !== changes.length) {
        this.result.refused.push(`${answer.status} ${answer.text.slice(0, 300)}`);
        return;
      }
      model.acknowledge(changes);
      this.result.acknowledged += 1;
      this.result.changes += changes.length;
    }
  }

  #nextChanges(own: string[]): readonly Change[] {
    const { random } = this.#options;
    const users = new Set<string>();
    const size = random.chance(0.7) ? 1 : random.chance(0.8) ? random.whole(2, 30) : random.whole(100, 400);
    for (let i = 0; i < size; i++) users.add(this.#nextUser(own));
    return [...users].flatMap((user) => {
      const segments = new Set(Array.from({ length: random.whole(1, 3) }, () => segmentIds[random.whole(0, segmentIds.length - 1)] ?? 0));
      return [...segments].map((segment) => ({ user, segment, value: random.chance(0.15) ? null : random.whole(0, 2147483647) }));
    });
  }

  #nextUser(own: string[]): string {
    const { random, maxNewUsers } = this.#options;
    if (own.length > 0 && (this.result.newUsers >= maxNewUsers || random.chance(0.3))) return own[random.whole(0, own.length - 1)] ?? '1';
    this.result.newUsers += 1;
    // Half of them above 2^53, where JavaScript's numbers end.
    const user = random.chance(0.5) ? `1${random.whole(1e8, 9e8)}${random.whole(1e8, 9e8)}` : String(random.whole(1, 2 ** 50));
    own.push(user);
    return user;
  }
}

/** One block a segment, grouped by user, segments named by id or by code. */
function requestBody(changes: readonly Change[], random: Random): string {
  const users = Map.groupBy(changes, (change) => change.user);
  const entries = [...users].map(([user, blocks]) => ({
    user_id: user,
    seg_block: blocks.map(({ segment, value }) => ({
      ...(random.chance(0.2) ? { seg_code: segmentCode(segment), member_id: providerMember } : { seg_id: segment }),
      value: value ?? 0,
      expiration: value === null ? -1 : random.of([0, 43_200]),
    })),
  }));
  return JSON.stringify({ rt_segment: entries });
}
