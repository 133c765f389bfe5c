import type { LinkOutcome, SeeOutcome } from '../../profile-store.ts';
import { isExternalKey } from '../../identifier-key.ts';
import { operationWords } from '../../packed-batch.ts';
import { linkNeverEnds, type LinkData } from '../memory/name-entries.ts';
import { userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { CoreLimits } from './core-limits.ts';
import { compactMemberships, findMembership, listMemberships, membershipsOf, removeAllMemberships } from './membership-changes.ts';
import { addedAtWord, countedBit, mostMembershipsPerProfile, valueWord } from '../memory/membership-slabs.ts';
import { movementField } from '../memory/segment-history.ts';
import { MergeTally, mergeOperations } from './merge-operations.ts';
import { ensureUser, hasUserId, resolveKey, type ResolvedKey } from './resolve-key.ts';

/** Links that the store itself makes (a merged user's first identifier) are nobody's. */
const linkedByNobody = 0;

/** `LinkOptions`, with `linkNeverEnds` for ever. */
export interface PackedLinkOptions {
  readonly expiresAtS: number;
  readonly linkedBy: number;
  readonly knownUsersOnly: boolean;
}

/** `ProfileStore.see`. */
export function seeKey(memory: ProfileMemory, key: Uint8Array, nowS: number, limits: CoreLimits): SeeOutcome {
  const own = resolve(memory, key, nowS, limits);
  if (own.optedOut) return 'opted-out';
  if (own.unmapped) return 'unmapped';
  if (own.user !== 0) return 'known';
  if (limits.isFull(memory.memoryBytes)) return 'full';
  ensureUser(memory, key, 0, key.length, own);
  return 'seen';
}

/** `ProfileStore.link`. `expiresAtS` of anything but an external id is not kept: those do not end (ingest.md section 1.5). */
export function linkKey(
  memory: ProfileMemory,
  key: Uint8Array,
  to: Uint8Array,
  options: PackedLinkOptions,
  nowS: number,
  limits: CoreLimits,
): LinkOutcome {
  const target = resolve(memory, to, nowS, limits);
  const own = resolveKey(memory, key, 0, key.length, nowS, true);
  if (target.optedOut || own.optedOut) return 'opted-out';
  if (target.unmapped) return 'unmapped';
  if (target.user === 0 && options.knownUsersOnly) return 'unknown-user';
  const external = isExternalKey(key[0] as number);
  const data: LinkData = { linkedAtS: nowS, expiresAtS: external ? options.expiresAtS : linkNeverEnds, linkedBy: options.linkedBy };
  if (own.user !== 0 && own.user === target.user) {
    const link = memory.linkOf(own.name);
    if (link !== null) memory.renewLink(own.name, { ...data, linkedAtS: link.linkedAtS });
    return 'unchanged';
  }
  if (own.user === 0 && isSameKey(key, to)) return 'unchanged';
  if ((target.user === 0 || own.user === 0) && limits.isFull(memory.memoryBytes)) return 'full';
  if (own.user === 0 && own.name !== 0) {
    // Its mapping has ended. `hasRoom` might take the name away later, so take it away now.
    memory.removeLink(own.name);
    own.name = 0;
  }
  const standsAlone = own.user !== 0 && !memory.isLinked(own.name);
  if (target.user !== 0 && !hasRoom(memory, target.user, standsAlone ? own.user : 0, nowS, limits)) return 'full';
  const user = ensureUser(memory, to, 0, to.length, target);
  if (standsAlone) {
    absorb(memory, user, own.user, nowS);
    memory.removeUser(own.user, user);
    memory.attach(own.name, user, data);
  } else if (own.name === 0) memory.addUnseenLink(key, 0, key.length, user, data);
  else memory.attach(memory.detach(own.name), user, data);
  return own.user !== 0 && !standsAlone ? 'moved' : 'linked';
}

/** `ProfileStore.unlink`. */
export function unlinkKey(memory: ProfileMemory, key: Uint8Array, nowS: number): boolean {
  const own = resolveKey(memory, key, 0, key.length, nowS, true);
  if (own.user === 0 || !memory.isLinked(own.name)) return false;
  if (isExternalKey(key[0] as number)) memory.removeLink(own.name);
  else memory.addUser(memory.detach(own.name), false);
  return true;
}

/** `ProfileStore.merge`. The user id, if only one has it, becomes or stays the first identifier. */
export function mergeKeys(memory: ProfileMemory, into: Uint8Array, from: Uint8Array, nowS: number, limits: CoreLimits): boolean {
  const winner = resolve(memory, into, nowS, limits);
  const loser = resolve(memory, from, nowS, limits);
  if (winner.user === 0 || loser.user === 0 || winner.user === loser.user || winner.optedOut || loser.optedOut) return false;
  if (!hasRoom(memory, winner.user, loser.user, nowS, limits)) return false;
  absorb(memory, winner.user, loser.user, nowS);
  let name = memory.firstNameOf(loser.user);
  const loserIsUserId = hasUserId(memory, loser.user);
  memory.removeUser(loser.user, winner.user);
  if (loserIsUserId && !hasUserId(memory, winner.user)) {
    const before = memory.firstNameOf(winner.user);
    memory.setFirstName(winner.user, name);
    name = before;
  }
  memory.attach(name, winner.user, { linkedAtS: nowS, expiresAtS: linkNeverEnds, linkedBy: linkedByNobody });
  return true;
}

/** `ProfileStore.forget`. Answers whether there was anything to do. */
export function forgetKey(memory: ProfileMemory, key: Uint8Array, optOut: boolean, nowS: number): boolean {
  const own = resolveKey(memory, key, 0, key.length, nowS, true);
  if (own.optedOut) return false;
  if (own.user === 0) {
    if (own.name !== 0) memory.removeLink(own.name);
    if (optOut) memory.addUser(memory.addName(key, 0, key.length), true);
    return optOut;
  }
  compactMemberships(memory, own.user, nowS);
  removeAllMemberships(memory, own.user, movementField.removed);
  for (const name of memory.linkedNames(own.user)) {
    const mapped = memory.isMapped(name, nowS);
    if (!optOut || !mapped) memory.removeLink(name);
    else memory.addUser(memory.detach(name), true);
  }
  const first = memory.firstNameOf(own.user);
  memory.removeUser(own.user);
  if (optOut) memory.addUser(first, true);
  else memory.removeName(first);
  return true;
}

/** `ProfileStore.optIn`: the identifier is one that nobody has seen. Answers whether it was opted out. */
export function optInKey(memory: ProfileMemory, key: Uint8Array, nowS: number): boolean {
  const own = resolveKey(memory, key, 0, key.length, nowS, true);
  if (!own.optedOut) return false;
  memory.removeUser(own.user);
  memory.removeName(own.name);
  return true;
}

const isSameKey = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

const resolve = (memory: ProfileMemory, key: Uint8Array, nowS: number, limits: CoreLimits): ResolvedKey =>
  resolveKey(memory, key, 0, key.length, nowS, limits.holdExternals);

/** May one more name, and all of `from` (0: nobody), come to the user? */
function hasRoom(memory: ProfileMemory, user: number, from: number, nowS: number, limits: CoreLimits): boolean {
  if (limits.maxLinksPerUser !== Number.POSITIVE_INFINITY) {
    memory.removeEndedLinks(user, nowS);
    let links = memory.linkedNames(user).length + 1;
    if (from !== 0) {
      memory.removeEndedLinks(from, nowS);
      links += memory.linkedNames(from).length;
    }
    if (links > limits.maxLinksPerUser) return false;
  }
  if (from === 0) return true;
  compactMemberships(memory, user, nowS);
  compactMemberships(memory, from, nowS);
  let sum = membershipsOf(memory, user);
  for (const membership of listMemberships(memory, from)) if (findMembership(memory, user, membership.number) < 0) sum += 1;
  return sum <= limits.maxMembershipsPerProfile || sum <= membershipsOf(memory, user);
}

/** Memberships and links of `from` go to `into`: per segment the newer addedAt wins whole; equal: `into`'s. */
function absorb(memory: ProfileMemory, into: number, from: number, nowS: number): void {
  compactMemberships(memory, into, nowS);
  compactMemberships(memory, from, nowS);
  const coming = listMemberships(memory, from);
  removeAllMemberships(memory, from);
  const operation = new Uint32Array(operationWords);
  const tally = new MergeTally(null);
  for (const { number, value, addedAtS, lifetime, source, counted } of coming) {
    const at = findMembership(memory, into, number);
    const words = memory.slabs.wordsOf(memory.users.get(into, userField.slab));
    const hasIt = at >= 0 && (words[at + valueWord] as number) >= countedBit;
    const comes = at < 0 || (words[at + addedAtWord] as number) < addedAtS;
    // Two of the segment's users become one: one has gone. One that comes with the other's name is not new.
    if (counted && (hasIt || !comes)) memory.segments.move(number, movementField.removed, nowS, 1);
    else if (counted) memory.segments.move(number, movementField.added, nowS, -1);
    if (!comes) continue;
    operation.set([number, value, addedAtS, lifetime]);
    const rules = { source, nowS, most: mostMembershipsPerProfile, noting: false, tally };
    if (mergeOperations(memory, into, operation, 0, operationWords, rules) > 0) throw new Error('a merged profile has no room');
  }
  // Taken from the front of the list, where taking away costs least, and given in the order in which they came.
  const moving = memory.linkedNames(from).map((name) => ({ data: memory.linkOf(name), name: memory.detach(name) }));
  for (const { data, name } of moving.toReversed()) if (data !== null) memory.attach(name, into, data);
}
