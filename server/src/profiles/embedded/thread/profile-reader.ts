import type { MessagePort } from 'node:worker_threads';
import { encodeIdentifier } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import type { LinkedIdentifier, Profile, Standing } from '../../profile-store.ts';
import { linksOf, profileOf, standingOf } from '../core/read-profile.ts';
import { resolveName, type ResolvedKey } from '../core/resolve-key.ts';
import { ProfileMemory, type MemoryPlace } from '../memory/profile-memory.ts';
import { MemoryNews } from './memory-news.ts';

/** What is read of a resolved key, between two looks at the versions. */
type ReadUser<T> = (memory: ProfileMemory, resolved: ResolvedKey, identifier: Identifier, nowS: number) => T;

// Made once: a closure for each read is paid for in the young generation.
const readProfile: ReadUser<Profile> = (memory, resolved, identifier, nowS) => profileOf(memory, resolved, identifier, nowS);
const readStanding: ReadUser<Standing> = (_, resolved) => standingOf(resolved);
const readLinks: ReadUser<LinkedIdentifier[]> = (memory, { user }, _, nowS) => (user === 0 ? [] : linksOf(memory, user, nowS));

/**
 * Reads profiles while the engine's thread changes them, without making it wait: takes the versions of what it is going to
 * read, reads, and reads again where one has moved on. What was read in between may be torn, and may even name a chunk that is not there;
 * nothing of it is used.
 */
export class ProfileReader {
  readonly #memory: ProfileMemory;
  readonly #news: MemoryNews;
  readonly #holdExternals: boolean;
  readonly #resolved: ResolvedKey = { name: 0, user: 0, optedOut: false, unmapped: false };
  #key = new Uint8Array(64);
  #keyLength = 0;

  /** `news`: chunks and segment numbers, see engine-link.ts. */
  constructor(place: MemoryPlace, news: MessagePort, holdExternals: boolean) {
    this.#memory = new ProfileMemory(place);
    this.#news = new MemoryNews(this.#memory, news);
    this.#holdExternals = holdExternals;
    this.#news.catchUp();
  }

  get(identifier: Identifier, nowS: number): Profile {
    return this.#read(identifier, nowS, readProfile);
  }

  standing(identifier: Identifier, nowS: number): Standing {
    return this.#read(identifier, nowS, readStanding);
  }

  links(identifier: Identifier, nowS: number): LinkedIdentifier[] {
    return this.#read(identifier, nowS, readLinks);
  }

  /** Live users of a segment. */
  count(segment: number): number {
    this.#news.catchUp();
    const { segments } = this.#memory;
    const number = segments.numberOf(segment);
    return number === 0 ? 0 : segments.countOf(number);
  }

  #read<T>(identifier: Identifier, nowS: number, read: ReadUser<T>): T {
    this.#encode(identifier);
    const memory = this.#memory;
    const { versions } = memory;
    const key = this.#key;
    const hash = memory.hashOf(key, 0, this.#keyLength);
    const resolved = this.#resolved;
    for (;;) {
      const names = versions.ofNames();
      const index = versions.ofIndex(hash);
      let userVersion = -1;
      try {
        resolveName(memory, memory.findHashed(hash, key, 0, this.#keyLength), key[0] as number, nowS, this.#holdExternals, resolved);
        userVersion = versions.ofUser(resolved.user);
        const result = read(memory, resolved, identifier, nowS);
        versions.fence();
        if (versions.userIs(resolved.user, userVersion) && versions.namesAre(names) && versions.indexIs(hash, index)) return result;
      } catch (error) {
        // A torn read, or a chunk that this thread has not been given yet. Anything else is a bug.
        versions.fence();
        const userSame = userVersion === -1 || versions.userIs(resolved.user, userVersion);
        const torn = !(versions.namesAre(names) && versions.indexIs(hash, index) && userSame);
        const anyNews = this.#news.catchUp();
        if (!torn && !(anyNews && error instanceof TypeError)) throw error;
      }
    }
  }

  #encode(identifier: Identifier): void {
    const room = encodeIdentifier.maxBytes(identifier);
    if (room > this.#key.length) this.#key = new Uint8Array(room * 2);
    this.#keyLength = encodeIdentifier(identifier, this.#key, 0);
  }
}
