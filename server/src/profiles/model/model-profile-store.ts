import { asMemberId, type SegmentId } from '../../kit/ids.ts';
import { keyOf, keyText } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import { neverEnds, type OperationBatch } from '../operation-batch.ts';
import {
  ProfileStageEnded,
  ProfileStoreUnavailable,
  type ApplyOptions,
  type ApplyResult,
  type Expression,
  type LinkedIdentifier,
  type LinkOptions,
  type LinkOutcome,
  type Profile,
  type ProfileStats,
  type ProfileStore,
  type RestoreOptions,
  type RestoreResult,
  type ScanFields,
  type ScanPage,
  type SeeOutcome,
  type SegmentDay,
  type StageId,
  type Standing,
} from '../profile-store.ts';
import type { RestoreBatch } from '../restore-batch.ts';
import { ScanPageBuilder } from '../scan-page.ts';
import { sourceToWord } from '../source-word.ts';
import { ModelBatches } from './model-batches.ts';
import type { ModelProfileStoreOptions } from './model-options.ts';
import { ModelState } from './model-state.ts';
import {
  dropEnded,
  holds,
  identifierOf,
  isHeldBy,
  isLive,
  liveSlot,
  type ModelLink,
  type ModelMembership,
  type ModelUser,
  stageSlot,
  unitedMemberships,
  standingOf,
} from './model-user.ts';

/** The dumb engine: what the port means, in the most obvious code, in memory only. Other engines are compared with it. */
export class ModelProfileStore implements ProfileStore {
  readonly #options: ModelProfileStoreOptions;
  readonly #state: ModelState;
  readonly #batches: ModelBatches;
  readonly #committed = new Map<SegmentId, StageId>();
  #lastStage = 0;
  #closed = false;

  constructor(options: ModelProfileStoreOptions) {
    this.#options = options;
    this.#state = new ModelState(options);
    this.#batches = new ModelBatches(this.#state);
  }

  async apply(batch: OperationBatch, options: ApplyOptions): Promise<ApplyResult> {
    this.#begin();
    return this.#batches.apply(batch, options);
  }

  async restore(batch: RestoreBatch, options: RestoreOptions): Promise<RestoreResult> {
    this.#begin();
    const { outcomes, repeated, changes } = this.#batches.restore(batch, options);
    return { outcomes, repeated, changes };
  }

  async forgetChunks(job: number): Promise<void> {
    this.#begin();
    this.#batches.forgetChunks(job);
  }

  get(identifier: Identifier): Profile {
    const user = this.#state.userOf(identifier);
    const ownId = identifier.kind === 'user' ? identifier.id : null;
    if (user === null || user.optedOut) {
      return { known: false, optedOut: user !== null, userId: ownId, first: identifier, mappedUntilS: null, memberships: [] };
    }
    const link = this.#state.names.get(keyText(identifier))?.link;
    const memberships = [...user.memberships]
      .filter(([, each]) => isLive(each, this.#state.now()))
      .flatMap(([slot, each]) => {
        const segment = Number(slot.replace(/^segment /, '')) as SegmentId;
        return slot === liveSlot(segment) ? [{ segment, ...each }] : [];
      });
    return {
      known: true,
      optedOut: false,
      userId: user.first.kind === 'user' ? user.first.id : null,
      first: user.first,
      mappedUntilS: link?.expiresAtS ?? null,
      memberships: memberships.sort((a, b) => a.segment - b.segment),
    };
  }

  getMany(identifiers: readonly Identifier[]): readonly Profile[] {
    return identifiers.map((identifier) => this.get(identifier));
  }

  standing(identifier: Identifier): Standing {
    return standingOf(this.#state.userOf(identifier));
  }

  async see(identifier: Identifier): Promise<SeeOutcome> {
    this.#begin();
    const user = this.#state.userOf(identifier);
    if (user !== null) return user.optedOut ? 'opted-out' : 'known';
    if (identifier.kind === 'external' && !this.#options.holdExternals) return 'unmapped';
    if (this.#state.isFull()) return 'full';
    this.#state.create(identifier);
    return 'seen';
  }

  async link(identifier: Identifier, to: Identifier, options: LinkOptions): Promise<LinkOutcome> {
    this.#begin();
    if (identifier.kind === 'user') throw new TypeError('a user id cannot be linked: merge the users');
    const target = this.#state.userOf(to);
    const own = this.#state.userOf(identifier, true);
    if (target?.optedOut || own?.optedOut) return 'opted-out';
    if (target === null && to.kind === 'external' && !this.#options.holdExternals) return 'unmapped';
    if (target === null && options.knownUsersOnly) return 'unknown-user';
    const expiresAtS = identifier.kind === 'external' ? options.expiresAtS : null;
    const link: ModelLink = { linkedAtS: this.#state.now(), expiresAtS, linkedBy: options.linkedBy };
    const before = this.#state.names.get(keyText(identifier)) ?? null;
    if (own !== null && own === target) {
      if (before?.link) before.link = { ...link, linkedAtS: before.link.linkedAtS };
      return 'unchanged';
    }
    if (own === null && keyText(identifier) === keyText(to)) return 'unchanged';
    if ((target === null || own === null) && this.#state.isFull()) return 'full';
    const alone = own !== null && !before?.link ? own : null;
    if (target !== null && !this.#hasRoom(target, alone)) return 'full';
    const user = target ?? this.#state.create(to);
    if (alone !== null) this.#absorb(user, alone);
    this.#state.names.set(keyText(identifier), { user, link });
    return own !== null && alone === null ? 'moved' : 'linked';
  }

  async unlink(identifier: Identifier): Promise<boolean> {
    this.#begin();
    if (this.#state.userOf(identifier) === null || !this.#state.names.get(keyText(identifier))?.link) return false;
    this.#state.names.delete(keyText(identifier));
    if (identifier.kind !== 'external') this.#state.create(identifier);
    return true;
  }

  links(identifier: Identifier): readonly LinkedIdentifier[] {
    const user = this.#state.userOf(identifier);
    return this.#state
      .linksOf(user)
      .map(([name, link]) => ({ identifier: identifierOf(name), ...link }))
      .sort((a, b) => a.linkedAtS - b.linkedAtS);
  }

  async merge(into: Identifier, from: Identifier): Promise<boolean> {
    this.#begin();
    const [winner, loser] = [this.#state.userOf(into), this.#state.userOf(from)];
    if (winner === null || loser === null || winner === loser || winner.optedOut || loser.optedOut) return false;
    if (!this.#hasRoom(winner, loser)) return false;
    this.#absorb(winner, loser);
    let other = loser.first;
    if (other.kind === 'user' && winner.first.kind !== 'user') {
      [other, winner.first] = [winner.first, other];
      this.#state.names.set(keyText(winner.first), { user: winner, link: null });
    }
    const link = { linkedAtS: this.#state.now(), expiresAtS: null, linkedBy: asMemberId(0) };
    this.#state.names.set(keyText(other), { user: winner, link });
    return true;
  }

  async forget(identifier: Identifier, options: { readonly optOut: boolean }): Promise<void> {
    this.#begin();
    const user = this.#state.userOf(identifier, true);
    if (user?.optedOut) return;
    if (user !== null) this.#state.movements.united([user], null);
    const names = user === null ? [keyText(identifier)] : [keyText(user.first), ...this.#state.linksOf(user).map(([name]) => name)];
    for (const [name, entry] of this.#state.names) if (entry.user === user) this.#state.names.delete(name);
    if (user === null) this.#state.names.delete(keyText(identifier));
    if (options.optOut) for (const name of names) this.#state.create(identifierOf(name)).optedOut = true;
  }

  async optIn(identifier: Identifier): Promise<void> {
    this.#begin();
    if (this.#state.userOf(identifier, true)?.optedOut) this.#state.names.delete(keyText(identifier));
  }

  count(segment: SegmentId): number {
    return this.#state.users().filter((user) => isHeldBy(user, liveSlot(segment), this.#state.now())).length;
  }

  scan(segment: SegmentId, cursor: number | null, limit: number, fields: ScanFields = 'memberships'): ScanPage {
    const members = this.#state
      .users()
      .filter((user) => user.number >= (cursor ?? 0) && isHeldBy(user, liveSlot(segment), this.#state.now()))
      .sort((a, b) => a.number - b.number);
    const page = new ScanPageBuilder(segment, limit, fields);
    for (const user of members.slice(0, limit)) {
      const { value, addedAtS, lifetimeMinutes, source } = user.memberships.get(liveSlot(segment)) as ModelMembership;
      const key = keyOf(user.first);
      page.keys.set(key, page.keyEnd);
      page.addKey(key.length);
      if (fields === 'memberships') page.addMembership(value, addedAtS, lifetimeMinutes ?? neverEnds, sourceToWord(source));
    }
    return page.page(members[limit]?.number ?? null);
  }

  evaluate(expression: Expression): number {
    return this.#state.users().filter((user) => holds(user, expression, this.#state.now())).length;
  }

  async stageReplace(segment: SegmentId): Promise<StageId> {
    this.#begin();
    for (const [stage, of] of this.#state.stages) if (of === segment) this.#end(stage);
    const stage = ++this.#lastStage as StageId;
    this.#state.stages.set(stage, segment);
    return stage;
  }

  async commit(stage: StageId): Promise<void> {
    this.#begin();
    const segment = this.#state.stages.get(stage);
    if (segment === undefined && [...this.#committed.values()].includes(stage)) return;
    if (segment === undefined) throw new ProfileStageEnded(stage);
    for (const user of this.#state.users()) {
      this.#state.movements.around(user, segment, () => {
        const membership = user.memberships.get(stageSlot(stage));
        user.memberships.delete(liveSlot(segment));
        if (membership !== undefined) user.memberships.set(liveSlot(segment), membership);
      });
    }
    this.#state.movements.uniques.move(stageSlot(stage), liveSlot(segment));
    this.#end(stage);
    this.#state.segments.add(segment);
    this.#committed.set(segment, stage);
  }

  async abort(stage: StageId): Promise<void> {
    this.#begin();
    this.#end(stage);
  }

  async dropSegment(segment: SegmentId): Promise<void> {
    this.#begin();
    for (const [stage, of] of this.#state.stages) if (of === segment) this.#end(stage);
    for (const user of this.#state.users()) user.memberships.delete(liveSlot(segment));
    this.#committed.delete(segment);
    this.#state.segments.delete(segment);
    this.#state.movements.forget(segment);
  }

  movements(segments: readonly SegmentId[], days: number): readonly (readonly SegmentDay[])[] {
    this.#state.movements.passTime(this.#state.users(), this.#state.now());
    return segments.map((segment) => this.#state.movements.days(segment, days));
  }

  check(): string {
    return 'ok';
  }

  stats(): ProfileStats {
    const users = this.#state.users();
    const memberships = users.flatMap((user) => [...user.memberships.keys()]);
    return {
      users: users.length,
      identifiers: [...this.#state.names.values()].filter(({ user }) => !user.optedOut).length,
      memberships: memberships.length,
      segments: new Set(memberships.filter((slot) => slot.startsWith('segment'))).size,
      memoryBytes: 0,
      membershipBytes: 0,
      logBytes: 0,
    };
  }

  async snapshot(): Promise<void> {
    this.#begin();
  }

  async erase(): Promise<void> {
    this.#begin();
  }

  copyTo(): Promise<void> {
    return Promise.reject(new Error('the model keeps nothing in files'));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #hasRoom(user: ModelUser, from: ModelUser | null): boolean {
    const links = this.#state.linksOf(user).length + 1 + this.#state.linksOf(from).length * (from === null ? 0 : 1);
    if (links > (this.#options.maxLinksPerUser ?? Number.POSITIVE_INFINITY)) return false;
    if (from === null) return true;
    dropEnded(user, this.#state.now());
    dropEnded(from, this.#state.now());
    const sum = new Set([...user.memberships.keys(), ...from.memberships.keys()]).size;
    return sum <= (this.#options.maxMembershipsPerProfile ?? 4095) || sum <= user.memberships.size;
  }

  #absorb(into: ModelUser, from: ModelUser): void {
    dropEnded(into, this.#state.now());
    dropEnded(from, this.#state.now());
    const united = unitedMemberships(into, from);
    this.#state.movements.united([into, from], united);
    for (const [slot, membership] of united) into.memberships.set(slot, membership);
    for (const [name, entry] of this.#state.names) {
      if (entry.user !== from) continue;
      if (entry.link === null) this.#state.names.delete(name);
      else entry.user = into;
    }
  }

  #end(stage: StageId): void {
    this.#state.movements.uniques.forget(stageSlot(stage));
    if (this.#state.stages.delete(stage)) for (const user of this.#state.users()) user.memberships.delete(stageSlot(stage));
  }

  #begin(): void {
    if (this.#closed) throw new ProfileStoreUnavailable('the profile store is closed');
    this.#state.movements.passTime(this.#state.users(), this.#state.now());
  }
}
