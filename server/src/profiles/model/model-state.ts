import { nowS } from '../../kit/clock.ts';
import type { SegmentId } from '../../kit/ids.ts';
import { keyText } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import type { StageId } from '../profile-store.ts';
import { ModelMovements } from './model-movements.ts';
import type { ModelProfileStoreOptions } from './model-options.ts';
import type { ModelLink, ModelUser } from './model-user.ts';

/** Whom an identifier names. */
interface ModelName {
  user: ModelUser;
  link: ModelLink | null;
}

/** All that the model holds, but for what became of chunks. */
export class ModelState {
  readonly options: ModelProfileStoreOptions;
  /** By key. */
  readonly names = new Map<string, ModelName>();
  readonly stages = new Map<StageId, SegmentId>();
  /** Those that somebody was to come into, and that were not dropped since. */
  readonly segments = new Set<SegmentId>();
  readonly movements: ModelMovements;
  #lastUser = 0;

  constructor(options: ModelProfileStoreOptions) {
    this.options = options;
    this.movements = new ModelMovements(this.now());
  }

  /** Users, names and segments, to try something with. */
  copy(): ModelState {
    const copy = new ModelState(this.options);
    const users = new Map<ModelUser, ModelUser>();
    for (const [name, { user, link }] of this.names) {
      const same = users.get(user) ?? { ...user, memberships: new Map(user.memberships) };
      users.set(user, same);
      copy.names.set(name, { user: same, link });
    }
    for (const segment of this.segments) copy.segments.add(segment);
    return copy;
  }

  now(): number {
    return nowS(this.options.clock);
  }

  /** Null: nobody has seen it, or it is an external id without a live mapping. */
  userOf(identifier: Identifier, evenHeld = this.options.holdExternals ?? false): ModelUser | null {
    const found = this.names.get(keyText(identifier));
    if (found === undefined) return null;
    if (found.link !== null && found.link.expiresAtS !== null && this.now() >= found.link.expiresAtS) return null;
    if (identifier.kind === 'external' && found.link === null && !found.user.optedOut && !evenHeld) return null;
    return found.user;
  }

  /** Known users; opted-out marks are none. */
  users(): ModelUser[] {
    return [...new Set([...this.names.values()].map(({ user }) => user))].filter((user) => !user.optedOut);
  }

  linksOf(user: ModelUser | null): [string, ModelLink][] {
    return [...this.names].flatMap(([name, { user: each, link }]): [string, ModelLink][] => {
      const ended = link !== null && link.expiresAtS !== null && this.now() >= link.expiresAtS;
      return each === user && link !== null && !ended ? [[name, link]] : [];
    });
  }

  create(identifier: Identifier): ModelUser {
    const user: ModelUser = { number: ++this.#lastUser, first: identifier, memberships: new Map(), optedOut: false };
    this.names.set(keyText(identifier), { user, link: null });
    return user;
  }

  isFull(): boolean {
    const { maxUsers } = this.options;
    return maxUsers !== undefined && this.users().length >= maxUsers;
  }
}
