import type { CatalogSnapshot } from '../catalog-view/catalog-snapshot.ts';
import type { CatalogView } from '../catalog-view/catalog-view.ts';
import { asSegmentId, type MemberId, type SegmentId } from '../kit/ids.ts';
import type { Identifier } from '../profiles/identifier.ts';
import { decodeIdentifier } from '../profiles/identifier-key.ts';
import { type OperationBatch, removal } from '../profiles/operation-batch.ts';
import type { ApplyOptions, Profile, ProfileStore } from '../profiles/profile-store.ts';
import type { WriteGrant, WriteLimits } from '../profiles/profile-writer.ts';

/** A member with a limit, and what is known of its number without counting. */
interface LimitedOwner {
  /** No less than the memberships that it has and that are under way: the last count and all that was granted since. */
  bound: number;
  underWay: number;
  /** Calls that wait until nothing is under way, to decide on exact numbers. */
  atEdge: number;
  /** Called when nothing is under way any more. */
  readonly waiting: (() => void)[];
}

/** The additions of one batch to the segments of one owner. */
interface OwnerAdditions {
  readonly owner: MemberId;
  readonly limit: number;
  readonly count: number;
}

export interface MembershipLimitsOptions {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'count' | 'get'>;
}

/**
 * `membership_limit` (additions.md section 3): new memberships in the segments of a member that has as many as it may are refused.
 * Far from a limit a batch costs a comparison: all its additions are granted at once, new ones or not. What does not fit so comes to
 * the edge, one call after the other: it waits until nothing of the owner is under way, counts, and reads the profiles of its
 * users. So the limit is never exceeded, and nothing is refused that has room.
 */
export class MembershipLimits implements WriteLimits {
  readonly #options: MembershipLimitsOptions;
  readonly #owners = new Map<MemberId, LimitedOwner>();
  /** Decisions at the edge follow each other. */
  #edge: Promise<unknown> = Promise.resolve();
  /** The limits of the last call. */
  #limits: ReadonlyMap<MemberId, number> | undefined;
  #segmentsOf: { readonly snapshot: CatalogSnapshot; readonly owners: ReadonlyMap<MemberId, readonly SegmentId[]> } | undefined;

  constructor(options: MembershipLimitsOptions) {
    this.#options = options;
  }

  take(batch: OperationBatch, options: ApplyOptions): WriteGrant | null | Promise<WriteGrant | null> {
    const snapshot = this.#options.view.current();
    const { membershipLimits } = snapshot.tables;
    if (membershipLimits !== this.#limits) this.#forgetBounds(membershipLimits);
    if (membershipLimits.size === 0) return null;
    const concerned = additionsByOwner(snapshot, batch);
    if (concerned.length === 0) return null;
    if (concerned.every(({ owner }) => this.#ownerOf(owner).atEdge === 0)) {
      const fits = (added: OwnerAdditions): boolean => this.#ownerOf(added.owner).bound + added.count <= added.limit;
      if (concerned.every(fits)) return this.#grant(concerned, []);
    }
    for (const { owner } of concerned) this.#ownerOf(owner).atEdge += 1;
    const decided = this.#edge.then(() => this.#decide(batch, options, concerned));
    this.#edge = decided.catch(() => {});
    return decided;
  }

  /** What is known of numbers is not true any more: the next batch of each owner counts. */
  bypassed(): void {
    for (const owner of this.#owners.values()) owner.bound = Number.POSITIVE_INFINITY;
  }

  /** How many memberships the member's segments hold. */
  async count(owner: MemberId): Promise<number> {
    return this.#count(this.#options.view.current(), owner);
  }

  async #decide(batch: OperationBatch, options: ApplyOptions, concerned: readonly OwnerAdditions[]): Promise<WriteGrant> {
    try {
      for (const { owner } of concerned) await this.#settled(this.#ownerOf(owner));
      const snapshot = this.#options.view.current();
      const room = new Map<MemberId, number>();
      for (const { owner } of concerned) {
        const limit = snapshot.tables.membershipLimits.get(owner);
        const count = await this.#count(snapshot, owner);
        this.#ownerOf(owner).bound = count;
        room.set(owner, limit === undefined ? Number.POSITIVE_INFINITY : limit - count);
      }
      const { refused, added } = await this.#newMemberships(batch, options, snapshot, room);
      return this.#grant(
        concerned.map(({ owner, limit }) => ({ owner, limit, count: added.get(owner) ?? 0 })),
        refused,
      );
    } finally {
      for (const { owner } of concerned) this.#ownerOf(owner).atEdge -= 1;
    }
  }

  /** What came in while a member had no limit was not watched: after a change of limits the first batch counts. */
  #forgetBounds(limits: ReadonlyMap<MemberId, number>): void {
    this.#limits = limits;
    this.bypassed();
  }

  #grant(concerned: readonly OwnerAdditions[], refused: readonly number[]): WriteGrant {
    for (const { owner, count } of concerned) {
      const known = this.#ownerOf(owner);
      known.bound += count;
      known.underWay += 1;
    }
    return {
      refused,
      settle: () => {
        for (const { owner } of concerned) {
          const known = this.#ownerOf(owner);
          known.underWay -= 1;
          if (known.underWay === 0) for (const go of known.waiting.splice(0)) go();
        }
      },
    };
  }

  /** Runs through the batch in order as the store will, and refuses what finds no room. */
  async #newMemberships(
    batch: OperationBatch,
    { knownUsersOnly = false }: ApplyOptions,
    snapshot: CatalogSnapshot,
    room: Map<MemberId, number>,
  ): Promise<{ readonly refused: readonly number[]; readonly added: ReadonlyMap<MemberId, number> }> {
    const { operations, keys, userKeyEnds, userOperationEnds } = batch;
    const refused: number[] = [];
    const added = new Map<MemberId, number>();
    /** By user: the segments that it is in after the operations so far. */
    const users = new Map<string, Set<number>>();
    let keyStart = 0;
    let operation = 0;
    for (let user = 0; user < userKeyEnds.length; user++) {
      const keyEnd = userKeyEnds[user] ?? 0;
      const end = userOperationEnds[user] ?? 0;
      const identifier = decodeIdentifier(keys.subarray(keyStart, keyEnd));
      keyStart = keyEnd;
      const profile = await this.#options.profiles.get(identifier);
      const held = isWritten(profile, identifier, knownUsersOnly) ? heldBy(users, identifier, profile) : null;
      for (; operation < end; operation++) {
        const segment = operations[operation * 4] ?? 0;
        const owner = snapshot.segment(asSegmentId(segment))?.memberId;
        const left = owner === undefined ? undefined : room.get(owner);
        if (held === null || owner === undefined || left === undefined) continue;
        if (operations[operation * 4 + 3] === removal) {
          if (held.delete(segment)) room.set(owner, left + 1);
        } else if (!held.has(segment)) {
          if (left <= 0) refused.push(operation);
          else {
            held.add(segment);
            room.set(owner, left - 1);
            added.set(owner, (added.get(owner) ?? 0) + 1);
          }
        }
      }
    }
    return { refused, added };
  }

  async #count(snapshot: CatalogSnapshot, owner: MemberId): Promise<number> {
    let sum = 0;
    for (const segment of this.#segmentsByOwner(snapshot).get(owner) ?? []) {
      const count = this.#options.profiles.count(segment);
      sum += typeof count === 'number' ? count : await count;
    }
    return sum;
  }

  /** The segments of members with a limit; found anew when the catalog has changed. */
  #segmentsByOwner(snapshot: CatalogSnapshot): ReadonlyMap<MemberId, readonly SegmentId[]> {
    if (this.#segmentsOf?.snapshot === snapshot) return this.#segmentsOf.owners;
    const owners = new Map<MemberId, SegmentId[]>([...snapshot.tables.membershipLimits.keys()].map((owner) => [owner, []]));
    for (const { id, memberId } of snapshot.tables.segments.values()) owners.get(memberId)?.push(id);
    this.#segmentsOf = { snapshot, owners };
    return owners;
  }

  #settled(owner: LimitedOwner): Promise<void> | undefined {
    return owner.underWay === 0 ? undefined : new Promise((resolve) => void owner.waiting.push(resolve));
  }

  #ownerOf(owner: MemberId): LimitedOwner {
    let known = this.#owners.get(owner);
    // Nothing is known of the number yet, so the first batch counts.
    if (!known) this.#owners.set(owner, (known = { bound: Number.POSITIVE_INFINITY, underWay: 0, atEdge: 0, waiting: [] }));
    return known;
  }
}

/** How many additions a batch has for the segments of each member with a limit. */
function additionsByOwner(snapshot: CatalogSnapshot, { operations }: OperationBatch): OwnerAdditions[] {
  const { membershipLimits } = snapshot.tables;
  const counts = new Map<MemberId, number>();
  let segment = -1;
  let owner: MemberId | undefined;
  for (let at = 0; at < operations.length; at += 4) {
    if (operations[at + 3] === removal) continue;
    const id = operations[at] ?? 0;
    if (id !== segment) {
      segment = id;
      owner = snapshot.segment(asSegmentId(id))?.memberId;
    }
    if (owner !== undefined && membershipLimits.has(owner)) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return [...counts].map(([member, count]) => ({ owner: member, limit: membershipLimits.get(member) ?? 0, count }));
}

/** Does the store write anything of this user? */
const isWritten = (profile: Profile, identifier: Identifier, knownOnly: boolean): boolean =>
  !profile.optedOut && (profile.known || (!knownOnly && identifier.kind !== 'external'));

/** The same set for one user by whatever it is named. */
function heldBy(users: Map<string, Set<number>>, identifier: Identifier, profile: Profile): Set<number> {
  const key = profile.userId === null ? JSON.stringify(Object.values(identifier).map(String)) : String(profile.userId);
  let held = users.get(key);
  if (!held) users.set(key, (held = new Set(profile.memberships.map((membership) => Number(membership.segment)))));
  return held;
}
