import { nowS } from '../../kit/clock.ts';
import { asMemberId, type SegmentId } from '../../kit/ids.ts';
import { keyOf, keyText } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import { neverEnds, type OperationBatch } from '../operation-batch.ts';
import {
  outcomeCodes,
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
  type ScanFields,
  type ScanPage,
  type SeeOutcome,
  type SegmentDay,
  type StageId,
} from '../profile-store.ts';
import { ScanPageBuilder } from '../scan-page.ts';
import { sourceToWord } from '../source-word.ts';
import { batchUsers } from './batch-users.ts';
import type { ModelProfileStoreOptions } from './model-options.ts';
import { ModelMovements } from './model-movements.ts';
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
  /** By key: whom an identifier names. */
  readonly #names = new Map<string, { user: ModelUser; link: ModelLink | null }>();
  readonly #chunks = new Map<string, Uint8Array>();
  readonly #stages = new Map<StageId, SegmentId>();
  readonly #committed = new Map<SegmentId, StageId>();
  #lastStage = 0;
  #lastUser = 0;
  readonly #movements: ModelMovements;
  #closed = false;

  constructor(options: ModelProfileStoreOptions) {
    this.#options = options;
    this.#movements = new ModelMovements(this.#now());
  }

  async apply(batch: OperationBatch, options: ApplyOptions): Promise<ApplyResult> {
    this.#begin();
    const { chunk, stage } = options;
    const before = chunk && this.#chunks.get(`${chunk.job} ${chunk.sequence}`);
    if (before !== undefined) return { outcomes: before.slice(), repeated: true, refusedWhole: false };
    if (stage !== undefined && !this.#stages.has(stage)) throw new ProfileStageEnded(stage);
    if (options.wholeOrFull && this.#isFull() && this.#wouldCreate(batch, options))
      return { outcomes: new Uint8Array(batch.operationCount).fill(outcomeCodes.full), repeated: false, refusedWhole: true };
    const outcomes: number[] = [];
    for (const { identifier, operations } of batchUsers(batch)) {
      for (const operation of operations) outcomes.push(this.#applyOne(identifier, operation, options));
    }
    const result = Uint8Array.from(outcomes);
    if (chunk !== undefined) this.#chunks.set(`${chunk.job} ${chunk.sequence}`, result.slice());
    return { outcomes: result, repeated: false, refusedWhole: false };
  }

  /** Has the batch an addition for somebody that nobody has seen and that may be made? */
  #wouldCreate(batch: OperationBatch, options: ApplyOptions): boolean {
    if (options.knownUsersOnly) return false;
    for (const { identifier, operations } of batchUsers(batch)) {
      const mayCreate = identifier.kind !== 'external' || this.#options.holdExternals === true;
      if (mayCreate && this.#userOf(identifier) === null && operations.some(({ membership }) => membership !== null)) return true;
    }
    return false;
  }

  #applyOne(
    identifier: Identifier,
    operation: { segment: SegmentId; membership: Omit<ModelMembership, 'source'> | null },
    options: ApplyOptions,
  ): number {
    let user = this.#userOf(identifier);
    if (user?.optedOut) return outcomeCodes['opted-out'];
    if (user === null && identifier.kind === 'external' && !this.#options.holdExternals) return outcomeCodes.unmapped;
    if (user === null && options.knownUsersOnly) return outcomeCodes['unknown-user'];
    const { segment, membership } = operation;
    const staged = options.stage !== undefined && this.#stages.get(options.stage) === segment;
    const slot = staged && options.stage !== undefined ? stageSlot(options.stage) : liveSlot(segment);
    if (membership === null) {
      if (user !== null) this.#movements.around(user, segment, (memberships) => memberships.delete(slot));
      return outcomeCodes.applied;
    }
    if (user === null && this.#isFull()) return outcomeCodes.full;
    user ??= this.#create(identifier);
    const most = this.#options.maxMembershipsPerProfile ?? 4095;
    if (user.memberships.size >= most) dropEnded(user, this.#now());
    if (user.memberships.size >= most && !user.memberships.has(slot)) return outcomeCodes.full;
    this.#movements.around(user, segment, (memberships) => memberships.set(slot, { ...membership, source: options.source }));
    this.#movements.uniques.add(slot, this.#movements.today, user);
    return outcomeCodes.applied;
  }

  async forgetChunks(job: number): Promise<void> {
    this.#begin();
    for (const key of this.#chunks.keys()) if (key.startsWith(`${job} `)) this.#chunks.delete(key);
  }

  get(identifier: Identifier): Profile {
    const user = this.#userOf(identifier);
    const ownId = identifier.kind === 'user' ? identifier.id : null;
    if (user === null || user.optedOut) {
      return { known: false, optedOut: user !== null, userId: ownId, first: identifier, mappedUntilS: null, memberships: [] };
    }
    const link = this.#names.get(keyText(identifier))?.link;
    const memberships = [...user.memberships]
      .filter(([, each]) => isLive(each, this.#now()))
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

  readonly standing = (identifier: Identifier) => standingOf(this.#userOf(identifier));

  async see(identifier: Identifier): Promise<SeeOutcome> {
    this.#begin();
    const user = this.#userOf(identifier);
    if (user !== null) return user.optedOut ? 'opted-out' : 'known';
    if (identifier.kind === 'external' && !this.#options.holdExternals) return 'unmapped';
    if (this.#isFull()) return 'full';
    this.#create(identifier);
    return 'seen';
  }

  async link(identifier: Identifier, to: Identifier, options: LinkOptions): Promise<LinkOutcome> {
    this.#begin();
    if (identifier.kind === 'user') throw new TypeError('a user id cannot be linked: merge the users');
    const target = this.#userOf(to);
    const own = this.#userOf(identifier, true);
    if (target?.optedOut || own?.optedOut) return 'opted-out';
    if (target === null && to.kind === 'external' && !this.#options.holdExternals) return 'unmapped';
    if (target === null && options.knownUsersOnly) return 'unknown-user';
    const expiresAtS = identifier.kind === 'external' ? options.expiresAtS : null;
    const link: ModelLink = { linkedAtS: this.#now(), expiresAtS, linkedBy: options.linkedBy };
    const before = this.#names.get(keyText(identifier)) ?? null;
    if (own !== null && own === target) {
      if (before?.link) before.link = { ...link, linkedAtS: before.link.linkedAtS };
      return 'unchanged';
    }
    if (own === null && keyText(identifier) === keyText(to)) return 'unchanged';
    if ((target === null || own === null) && this.#isFull()) return 'full';
    const alone = own !== null && !before?.link ? own : null;
    if (target !== null && !this.#hasRoom(target, alone)) return 'full';
    const user = target ?? this.#create(to);
    if (alone !== null) this.#absorb(user, alone);
    this.#names.set(keyText(identifier), { user, link });
    return own !== null && alone === null ? 'moved' : 'linked';
  }

  async unlink(identifier: Identifier): Promise<boolean> {
    this.#begin();
    if (this.#userOf(identifier) === null || !this.#names.get(keyText(identifier))?.link) return false;
    this.#names.delete(keyText(identifier));
    if (identifier.kind !== 'external') this.#create(identifier);
    return true;
  }

  links(identifier: Identifier): readonly LinkedIdentifier[] {
    const user = this.#userOf(identifier);
    return this.#linksOf(user)
      .map(([name, link]) => ({ identifier: identifierOf(name), ...link }))
      .sort((a, b) => a.linkedAtS - b.linkedAtS);
  }

  async merge(into: Identifier, from: Identifier): Promise<boolean> {
    this.#begin();
    const [winner, loser] = [this.#userOf(into), this.#userOf(from)];
    if (winner === null || loser === null || winner === loser || winner.optedOut || loser.optedOut) return false;
    if (!this.#hasRoom(winner, loser)) return false;
    this.#absorb(winner, loser);
    let other = loser.first;
    if (other.kind === 'user' && winner.first.kind !== 'user') {
      [other, winner.first] = [winner.first, other];
      this.#names.set(keyText(winner.first), { user: winner, link: null });
    }
    const link = { linkedAtS: this.#now(), expiresAtS: null, linkedBy: asMemberId(0) };
    this.#names.set(keyText(other), { user: winner, link });
    return true;
  }

  async forget(identifier: Identifier, options: { readonly optOut: boolean }): Promise<void> {
    this.#begin();
    const user = this.#userOf(identifier, true);
    if (user?.optedOut) return;
    if (user !== null) this.#movements.united([user], null);
    const names = user === null ? [keyText(identifier)] : [keyText(user.first), ...this.#linksOf(user).map(([name]) => name)];
    for (const [name, entry] of this.#names) if (entry.user === user) this.#names.delete(name);
    if (user === null) this.#names.delete(keyText(identifier));
    if (options.optOut) for (const name of names) this.#create(identifierOf(name)).optedOut = true;
  }

  async optIn(identifier: Identifier): Promise<void> {
    this.#begin();
    if (this.#userOf(identifier, true)?.optedOut) this.#names.delete(keyText(identifier));
  }

  count(segment: SegmentId): number {
    return this.#users().filter((user) => isHeldBy(user, liveSlot(segment), this.#now())).length;
  }

  scan(segment: SegmentId, cursor: number | null, limit: number, fields: ScanFields = 'memberships'): ScanPage {
    const members = this.#users()
      .filter((user) => user.number >= (cursor ?? 0) && isHeldBy(user, liveSlot(segment), this.#now()))
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
    return this.#users().filter((user) => holds(user, expression, this.#now())).length;
  }

  async stageReplace(segment: SegmentId): Promise<StageId> {
    this.#begin();
    for (const [stage, of] of this.#stages) if (of === segment) this.#end(stage);
    const stage = ++this.#lastStage as StageId;
    this.#stages.set(stage, segment);
    return stage;
  }

  async commit(stage: StageId): Promise<void> {
    this.#begin();
    const segment = this.#stages.get(stage);
    if (segment === undefined && [...this.#committed.values()].includes(stage)) return;
    if (segment === undefined) throw new ProfileStageEnded(stage);
    for (const user of this.#users()) {
      this.#movements.around(user, segment, () => {
        const membership = user.memberships.get(stageSlot(stage));
        user.memberships.delete(liveSlot(segment));
        if (membership !== undefined) user.memberships.set(liveSlot(segment), membership);
      });
    }
    this.#movements.uniques.move(stageSlot(stage), liveSlot(segment));
    this.#end(stage);
    this.#committed.set(segment, stage);
  }

  async abort(stage: StageId): Promise<void> {
    this.#begin();
    this.#end(stage);
  }

  async dropSegment(segment: SegmentId): Promise<void> {
    this.#begin();
    for (const [stage, of] of this.#stages) if (of === segment) this.#end(stage);
    for (const user of this.#users()) user.memberships.delete(liveSlot(segment));
    this.#committed.delete(segment);
    this.#movements.forget(segment);
  }

  movements(segments: readonly SegmentId[], days: number): readonly (readonly SegmentDay[])[] {
    this.#movements.passTime(this.#users(), this.#now());
    return segments.map((segment) => this.#movements.days(segment, days));
  }

  check(): string {
    return 'ok';
  }

  stats(): ProfileStats {
    const users = this.#users();
    const memberships = users.flatMap((user) => [...user.memberships.keys()]);
    return {
      users: users.length,
      identifiers: [...this.#names.values()].filter(({ user }) => !user.optedOut).length,
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

  /** Null: nobody has seen it, or it is an external id without a live mapping. */
  #userOf(identifier: Identifier, evenHeld = this.#options.holdExternals ?? false): ModelUser | null {
    const found = this.#names.get(keyText(identifier));
    if (found === undefined) return null;
    if (found.link !== null && found.link.expiresAtS !== null && this.#now() >= found.link.expiresAtS) return null;
    if (identifier.kind === 'external' && found.link === null && !found.user.optedOut && !evenHeld) return null;
    return found.user;
  }

  /** Known users; opted-out marks are none. */
  #users(): ModelUser[] {
    return [...new Set([...this.#names.values()].map(({ user }) => user))].filter((user) => !user.optedOut);
  }

  #linksOf(user: ModelUser | null): [string, ModelLink][] {
    return [...this.#names].flatMap(([name, { user: each, link }]): [string, ModelLink][] => {
      const ended = link !== null && link.expiresAtS !== null && this.#now() >= link.expiresAtS;
      return each === user && link !== null && !ended ? [[name, link]] : [];
    });
  }

  #create(identifier: Identifier): ModelUser {
    const user: ModelUser = { number: ++this.#lastUser, first: identifier, memberships: new Map(), optedOut: false };
    this.#names.set(keyText(identifier), { user, link: null });
    return user;
  }

  #isFull(): boolean {
    return this.#users().length >= (this.#options.maxUsers ?? Number.POSITIVE_INFINITY);
  }

  #hasRoom(user: ModelUser, from: ModelUser | null): boolean {
    const links = this.#linksOf(user).length + 1 + this.#linksOf(from).length * (from === null ? 0 : 1);
    if (links > (this.#options.maxLinksPerUser ?? Number.POSITIVE_INFINITY)) return false;
    if (from === null) return true;
    dropEnded(user, this.#now());
    dropEnded(from, this.#now());
    const sum = new Set([...user.memberships.keys(), ...from.memberships.keys()]).size;
    return sum <= (this.#options.maxMembershipsPerProfile ?? 4095) || sum <= user.memberships.size;
  }

  #absorb(into: ModelUser, from: ModelUser): void {
    dropEnded(into, this.#now());
    dropEnded(from, this.#now());
    const united = unitedMemberships(into, from);
    this.#movements.united([into, from], united);
    for (const [slot, membership] of united) into.memberships.set(slot, membership);
    for (const [name, entry] of this.#names) {
      if (entry.user !== from) continue;
      if (entry.link === null) this.#names.delete(name);
      else entry.user = into;
    }
  }

  #end(stage: StageId): void {
    this.#movements.uniques.forget(stageSlot(stage));
    if (this.#stages.delete(stage)) for (const user of this.#users()) user.memberships.delete(stageSlot(stage));
  }

  #now(): number {
    return nowS(this.#options.clock);
  }

  #begin(): void {
    if (this.#closed) throw new ProfileStoreUnavailable('the profile store is closed');
    this.#movements.passTime(this.#users(), this.#now());
  }
}
