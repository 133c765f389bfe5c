import type { MemberId, SegmentId } from '../../../kit/ids.ts';
import type { Identifier } from '../../identifier.ts';
import { decodeIdentifier, encodeIdentifier } from '../../identifier-key.ts';
import { neverEnds } from '../../operation-batch.ts';
import type { LinkedIdentifier, Membership, Profile } from '../../profile-store.ts';
import { sourceFromWord } from '../../source-word.ts';
import { addedAtWord, lifetimeWord, membershipWords, segmentWord, sourceWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import { linkNeverEnds, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import { membershipsOf } from './membership-changes.ts';
import { resolveKey, type ResolvedKey } from './resolve-key.ts';

const resolved: ResolvedKey = { name: 0, user: 0, optedOut: false, unmapped: false };
let key = new Uint8Array(64);
let keyLength = 0;

/** `ProfileStore.get`. */
export function readProfile(memory: ProfileMemory, identifier: Identifier, nowS: number, holdExternals: boolean): Profile {
  resolve(memory, identifier, nowS, holdExternals);
  const { user, optedOut } = resolved;
  const ownId = identifier.kind === 'user' ? identifier.id : null;
  if (user === 0 || optedOut) return { known: false, optedOut, userId: ownId, mappedUntilS: null, memberships: [] };
  const link = memory.linkOf(resolved.name);
  return {
    known: true,
    optedOut: false,
    userId: link === null ? ownId : userIdOf(memory, user),
    mappedUntilS: link === null || link.expiresAtS === linkNeverEnds ? null : link.expiresAtS,
    memberships: liveMemberships(memory, user, nowS),
  };
}

/** `ProfileStore.links`. */
export function readLinks(memory: ProfileMemory, identifier: Identifier, nowS: number, holdExternals: boolean): LinkedIdentifier[] {
  resolve(memory, identifier, nowS, holdExternals);
  if (resolved.user === 0) return [];
  const links: LinkedIdentifier[] = [];
  for (const name of memory.linkedNames(resolved.user).toReversed()) {
    const link = memory.linkOf(name);
    if (link === null || !memory.isMapped(name, nowS)) continue;
    links.push({
      identifier: decodeIdentifier(memory.keyOf(name)),
      linkedAtS: link.linkedAtS,
      expiresAtS: link.expiresAtS === linkNeverEnds ? null : link.expiresAtS,
      linkedBy: link.linkedBy as MemberId,
    });
  }
  return links.sort((a, b) => a.linkedAtS - b.linkedAtS);
}

function resolve(memory: ProfileMemory, identifier: Identifier, nowS: number, holdExternals: boolean): void {
  const room = encodeIdentifier.maxBytes(identifier);
  if (room > key.length) key = new Uint8Array(room * 2);
  keyLength = encodeIdentifier(identifier, key, 0);
  resolveKey(memory, key, 0, keyLength, nowS, holdExternals, resolved);
}

function userIdOf(memory: ProfileMemory, user: number): bigint | null {
  const first = decodeIdentifier(memory.keyOf(memory.firstNameOf(user)));
  return first.kind === 'user' ? first.id : null;
}

function liveMemberships(memory: ProfileMemory, user: number, nowS: number): Membership[] {
  const memberships: Membership[] = [];
  const count = membershipsOf(memory, user);
  if (count === 0) return memberships;
  const slab = memory.users.get(user, userField.slab);
  const words = memory.slabs.wordsOf(slab);
  const { segments } = memory;
  let at = memory.slabs.offsetOf(slab);
  let sourceBefore = words[at + sourceWord] as number;
  let source = sourceFromWord(sourceBefore);
  for (let i = 0; i < count; i++, at += membershipWords) {
    const segment = segments.visibleSegmentOf(words[at + segmentWord] as number);
    if (segment === 0) continue;
    const addedAtS = words[at + addedAtWord] as number;
    const lifetime = words[at + lifetimeWord] as number;
    if (addedAtS > nowS || (lifetime !== neverEnds && nowS >= addedAtS + lifetime * 60)) continue;
    if (words[at + sourceWord] !== sourceBefore) {
      sourceBefore = words[at + sourceWord] as number;
      source = sourceFromWord(sourceBefore);
    }
    memberships.push({
      segment: segment as SegmentId,
      value: (words[at + valueWord] as number) & valueMask,
      addedAtS,
      lifetimeMinutes: lifetime === neverEnds ? null : lifetime,
      source,
    });
  }
  return sortedBySegment(memberships);
}

/** Profiles are short and mostly in order already; a long one that is not is sorted by the engine's own sort. */
function sortedBySegment(memberships: Membership[]): Membership[] {
  if (memberships.length > 64) return memberships.sort((a, b) => a.segment - b.segment);
  for (let i = 1; i < memberships.length; i++) {
    const moving = memberships[i] as Membership;
    let to = i;
    for (; to > 0 && (memberships[to - 1] as Membership).segment > moving.segment; to--)
      memberships[to] = memberships[to - 1] as Membership;
    if (to !== i) memberships[to] = moving;
  }
  return memberships;
}
