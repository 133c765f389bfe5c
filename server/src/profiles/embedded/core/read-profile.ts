import type { MemberId, SegmentId, UserId } from '../../../kit/ids.ts';
import { decodeIdentifier } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import { neverEnds } from '../../operation-batch.ts';
import type { LinkedIdentifier, Membership, Profile, Standing } from '../../profile-store.ts';
import { sourceFromWord } from '../../source-word.ts';
import {
  addedAtWord,
  lifetimeWord,
  membershipWords,
  segmentWord,
  sourceMask,
  sourceWord,
  valueMask,
  valueWord,
} from '../memory/membership-slabs.ts';
import { linkNeverEnds } from '../memory/name-entries.ts';
import { countMask, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { ResolvedKey } from './resolve-key.ts';

/** `ProfileStore.get` of what the identifier resolves to. */
export function profileOf(memory: ProfileMemory, { name, user, optedOut }: ResolvedKey, identifier: Identifier, nowS: number): Profile {
  if (user === 0 || optedOut)
    return { known: false, optedOut, userId: userIdOf(identifier), first: identifier, mappedUntilS: null, memberships: [] };
  const link = memory.linkOf(name);
  const first = link === null ? identifier : decodeIdentifier(memory.keyOf(memory.firstNameOf(user)));
  return {
    known: true,
    optedOut: false,
    userId: userIdOf(first),
    first,
    mappedUntilS: link === null || link.expiresAtS === linkNeverEnds ? null : link.expiresAtS,
    memberships: liveMemberships(memory, user, nowS),
  };
}

/** `ProfileStore.standing` of what was resolved. */
export const standingOf = ({ user, optedOut }: ResolvedKey): Standing => (optedOut ? 'opted-out' : user === 0 ? 'unknown' : 'known');

/** `ProfileStore.links`, of a user. */
export function linksOf(memory: ProfileMemory, user: number, nowS: number): LinkedIdentifier[] {
  const links: LinkedIdentifier[] = [];
  for (const name of memory.linkedNames(user).toReversed()) {
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

const userIdOf = (identifier: Identifier): UserId | null => (identifier.kind === 'user' ? identifier.id : null);

/** Words of a cache line. */
const lineWords = 16;
/** Takes what is read ahead: the compiler leaves out a read that nothing comes of. */
const readAhead = new Uint32Array(1);

function liveMemberships({ users, slabs, segments }: ProfileMemory, user: number, nowS: number): Membership[] {
  const memberships: Membership[] = [];
  const record = users.chunkOf(user);
  const recordAt = users.offsetOf(user);
  const count = (record[recordAt + userField.shape] as number) & countMask;
  if (count === 0) return memberships;
  const slab = record[recordAt + userField.slab] as number;
  const words = slabs.wordsOf(slab);
  let at = slabs.offsetOf(slab);
  // All lines of the slab are asked for at once, so that memory is waited for once and not line after line.
  let ahead = 0;
  for (let line = at; line < at + count * membershipWords; line += lineWords) ahead ^= words[line] as number;
  readAhead[0] = ahead;
  let sourceBefore = (words[at + sourceWord] as number) & sourceMask;
  let source = sourceFromWord(sourceBefore);
  for (let i = 0; i < count; i++, at += membershipWords) {
    const segment = segments.visibleSegmentOf(words[at + segmentWord] as number);
    if (segment === 0) continue;
    const addedAtS = words[at + addedAtWord] as number;
    const lifetime = words[at + lifetimeWord] as number;
    if (addedAtS > nowS || (lifetime !== neverEnds && nowS >= addedAtS + lifetime * 60)) continue;
    const sourceNow = (words[at + sourceWord] as number) & sourceMask;
    if (sourceNow !== sourceBefore) {
      sourceBefore = sourceNow;
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
