/** The hot routes over Redis: packed profiles, read, merged and written back in pipelines (profile-routes.ts). */
import { additionWords } from '../data/audience.ts';
import { userKey } from '../data/user-key.ts';
import { decodePacked, mergePacked } from '../in-process/packed-profile.ts';
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import { type RouteOptions, type RouteProfiles, serveRoutes, type UserAdditions } from './profile-routes.ts';
import { RedisProfiles } from './redis-profiles.ts';
import { UserLocks } from './user-locks.ts';

const source = sourceToWord({ kind: 'instant', job: 0 });

class RedisRouteProfiles implements RouteProfiles {
  readonly #profiles: RedisProfiles;
  readonly #locks = new UserLocks();

  constructor(profiles: RedisProfiles) {
    this.#profiles = profiles;
  }

  write(users: readonly UserAdditions[], atS: number): Promise<void> {
    return this.#locks.alone(
      users.map(({ userId }) => userId),
      () => this.#merge(users, atS),
    );
  }

  async read(userId: bigint, nowS: number): ReturnType<RouteProfiles['read']> {
    return decodePacked(await this.#profiles.redis.getBuffer(userKey(userId)), nowS);
  }

  async #merge(users: readonly UserAdditions[], atS: number): Promise<void> {
    const [only] = users;
    // One command needs no pipeline of its own: the client gathers those of one turn.
    if (users.length === 1 && only) {
      const key = userKey(only.userId);
      await this.#profiles.redis.set(key, merged(only, await this.#profiles.redis.getBuffer(key), atS));
      return;
    }
    const keys = users.map(({ userId }) => userKey(userId));
    const existing = await this.#profiles.read(keys);
    await this.#profiles.write(
      keys,
      users.map((user, i) => merged(user, existing[i], atS)),
    );
  }
}

function merged({ additions }: UserAdditions, existing: Uint8Array | null | undefined, atS: number): ReturnType<typeof mergePacked> {
  const words = new Uint32Array(additions.length * additionWords);
  for (const [i, { segment, value, lifetimeMinutes }] of additions.entries()) {
    words[i * additionWords] = segment;
    words[i * additionWords + 1] = value;
    words[i * additionWords + 2] = lifetimeMinutes;
  }
  return mergePacked(existing, { words, at: 0, count: additions.length }, atS, source);
}

process.on('disconnect', () => process.exit(0));
process.once('message', async (options: RouteOptions) => {
  serveRoutes(new RedisRouteProfiles(await RedisProfiles.connect(options.port, true)), options);
});
