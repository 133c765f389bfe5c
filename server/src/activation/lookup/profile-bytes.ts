import { Buffer } from 'node:buffer';
import type { CatalogSnapshot, SegmentFacts } from '../../catalog-view/catalog-snapshot.ts';
import type { AnswerBytes } from '../../http/answer-bytes.ts';
import type { MemberId, SegmentId } from '../../kit/ids.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import type { Membership, Profile, SourceKind } from '../../profiles/profile-store.ts';
import { shownSegment, userOnWire } from './profile-on-wire.ts';

/**
 * The answer's fields as JSON, written directly as bytes: most of them are the same for every user of a segment, and the rest is digits.
 * Byte for byte what JSON.stringify makes of `lookupFields` (profile-bytes.test.ts).
 */
export function writeLookup(
  into: AnswerBytes,
  identifier: Identifier,
  profile: Profile,
  snapshot: CatalogSnapshot,
  member: MemberId | null,
): void {
  const { memberships } = profile;
  const known = headsFor(snapshot, member);
  const heads: Uint8Array[] = [];
  let count = 0;
  for (const { segment } of memberships) {
    const head = known.get(segment) ?? learnHead(known, segment, snapshot, member);
    heads.push(head);
    if (head !== hidden) count += 1;
  }
  into.room(mostUserBytes);
  into.putFew(countStart);
  into.putDigits(count);
  writeUser(into, identifier, profile);
  into.room(membershipsStart.length);
  into.putFew(membershipsStart);
  let more = false;
  for (let index = 0; index < heads.length; index++) {
    const head = heads[index] as Uint8Array;
    if (head === hidden) continue;
    writeMembership(into, memberships[index] as Membership, head, more);
    more = true;
  }
  into.room(1);
  into.putByte(bracket);
}

const countStart = Buffer.from('"count":');
const userStart = Buffer.from(',"user":');
const userIdStart = Buffer.from(',"user":{"user_id":"');
const userIdEnd = (known: boolean, optedOut: boolean): Uint8Array =>
  Buffer.from(`","domain":null,"known":${known},"opted_out":${optedOut},"mapped_until":null}`);
const userIdEnds = { known: userIdEnd(true, false), optedOut: userIdEnd(false, true), unknown: userIdEnd(false, false) };
const membershipsStart = Buffer.from(',"memberships":[');
const bracket = 0x5d;
/** More than the count and a user id take with what stands around them. */
const mostUserBytes = 256;

function writeUser(into: AnswerBytes, identifier: Identifier, profile: Profile): void {
  const { first, known, optedOut } = profile;
  if (identifier.kind !== 'user' || first.kind !== 'user' || (known && optedOut)) {
    into.putFew(userStart);
    into.putText(JSON.stringify(userOnWire(identifier, profile)));
    return;
  }
  into.putFew(userIdStart);
  into.putAscii(String(first.id));
  into.put(known ? userIdEnds.known : optedOut ? userIdEnds.optedOut : userIdEnds.unknown);
}

const comma = 0x2c;
/** More than a membership takes beside its head. */
const mostTailBytes = 256;

function writeMembership(
  into: AnswerBytes,
  { value, addedAtS, lifetimeMinutes, source }: Membership,
  head: Uint8Array,
  more: boolean,
): void {
  into.room(head.length + mostTailBytes);
  if (more) into.putByte(comma);
  into.put(head);
  into.putDigits(value);
  const endsAtS = lifetimeMinutes === null ? 0 : addedAtS + lifetimeMinutes * 60;
  if (endsAtS >= plainEndS) writeTimesSlowly(into, addedAtS, endsAtS);
  else if (lifetimeMinutes === null) {
    into.put(endlessTimes);
    overwriteTime(into, endlessTimes.length - addedAt, addedAtS);
  } else {
    into.put(times);
    overwriteTime(into, times.length - addedAt, addedAtS);
    overwriteTime(into, times.length - expiresAt, endsAtS);
  }
  if (lifetimeMinutes !== null) into.putDigits(lifetimeMinutes);
  into.put(sourceEnds[source.kind]);
}

/** What stands between a membership's value and its lifetime, with places for both times. */
const timePlace = 'YYYY-MM-DD HH:MM:SS';
const timesText = `,"added_at":"${timePlace}","expires_at":"${timePlace}","lifetime_minutes":`;
const times = Buffer.from(timesText);
const endlessTimes = Buffer.from(`,"added_at":"${timePlace}","expires_at":null,"lifetime_minutes":null`);
const addedAt = timesText.indexOf(timePlace);
const expiresAt = timesText.lastIndexOf(timePlace);
const sourceEnd = (kind: SourceKind): Uint8Array => Buffer.from(`,"source":"${kind}"}`);
const sourceEnds: Readonly<Record<SourceKind, Uint8Array>> = {
  pixel: sourceEnd('pixel'),
  instant: sourceEnd('instant'),
  batch: sourceEnd('batch'),
  share: sourceEnd('share'),
};

const secondsPerDay = 86_400;
/** Beyond the year 9999 times are longer than their place. */
const plainEndS = 253_402_300_800;

function writeTimesSlowly(into: AnswerBytes, addedAtS: number, endsAtS: number): void {
  into.putText(`,"added_at":"${formatTimestamp(addedAtS * 1000)}","expires_at":"${formatTimestamp(endsAtS * 1000)}","lifetime_minutes":`);
}

/** `YYYY-MM-DD ` by day since 1970; those of a lifetime's length around now. */
const days = new Map<number, Uint8Array>();
const mostDays = 4096;

/** Writes a time (kit/timestamp.ts) over its place, `back` bytes before the end. */
function overwriteTime(into: AnswerBytes, back: number, atS: number): void {
  const day = Math.floor(atS / secondsPerDay);
  const secondOfDay = atS - day * secondsPerDay;
  const minuteOfDay = (secondOfDay / 60) | 0;
  const hour = (minuteOfDay / 60) | 0;
  into.overwrite(back, days.get(day) ?? newDay(day));
  into.overwriteTwo(back - 11, hour);
  into.overwriteTwo(back - 14, minuteOfDay - hour * 60);
  into.overwriteTwo(back - 17, secondOfDay - minuteOfDay * 60);
}

function newDay(day: number): Uint8Array {
  if (days.size >= mostDays) days.clear();
  const bytes = Buffer.from(formatTimestamp(day * secondsPerDay * 1000).slice(0, 11));
  days.set(day, bytes);
  return bytes;
}

/** The heads of segments as one member (null: the administrator) may see them; `hidden` for those that it may not. */
type ShownHeads = Map<SegmentId, Uint8Array>;
const hidden = new Uint8Array(0);

/**
 * By snapshot, which is immutable: what a member may see and what stands at the head of it is one look for each membership. Bounded for
 * each snapshot.
 */
const headsOfSnapshots = new WeakMap<CatalogSnapshot, { readonly members: Map<MemberId | null, ShownHeads>; size: number }>();
const mostHeadsOfSnapshot = 65_536;

function headsFor(snapshot: CatalogSnapshot, member: MemberId | null): ShownHeads {
  let all = headsOfSnapshots.get(snapshot);
  if (all === undefined || all.size >= mostHeadsOfSnapshot) headsOfSnapshots.set(snapshot, (all = { members: new Map(), size: 0 }));
  const known = all.members.get(member);
  if (known !== undefined) return known;
  const heads: ShownHeads = new Map();
  all.members.set(member, heads);
  all.size += 1;
  return heads;
}

function learnHead(into: ShownHeads, segmentId: SegmentId, snapshot: CatalogSnapshot, member: MemberId | null): Uint8Array {
  const segment = shownSegment(segmentId, snapshot, member);
  const head = segment === undefined ? hidden : headOf(segment);
  into.set(segmentId, head);
  const all = headsOfSnapshots.get(snapshot);
  if (all !== undefined) all.size += 1;
  return head;
}

/** What is the same for all users of a segment. Facts are immutable and made anew on change, so a head lives as long as they do. */
const heads = new WeakMap<SegmentFacts, Uint8Array>();

function headOf(facts: SegmentFacts): Uint8Array {
  const known = heads.get(facts);
  if (known !== undefined) return known;
  const head = Buffer.from(`{"segment_id":${facts.id},"code":${JSON.stringify(facts.code)},"member_id":${facts.memberId},"value":`);
  heads.set(facts, head);
  return head;
}
