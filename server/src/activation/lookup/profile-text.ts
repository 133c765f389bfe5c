import type { CatalogSnapshot, SegmentFacts } from '../../catalog-view/catalog-snapshot.ts';
import type { MemberId } from '../../kit/ids.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import type { Profile } from '../../profiles/profile-store.ts';
import { shownSegment, userOnWire } from './profile-on-wire.ts';

/**
 * The answer's fields as JSON text, written directly: a tenth of a lookup was JSON.stringify, and most of its text is the same for
 * every user of a segment. Byte for byte what JSON.stringify makes of `lookupFields` (profile-text.test.ts).
 */
export function lookupText(
  identifier: Identifier,
  profile: Profile,
  snapshot: CatalogSnapshot,
  member: MemberId | null,
): { readonly fieldsText: string; readonly ascii: boolean } {
  const user = JSON.stringify(userOnWire(identifier, profile));
  let ascii = asciiOnly.test(user);
  let memberships = '';
  let count = 0;
  let lastS = -1;
  let lastTime = '';
  for (const { segment, value, addedAtS, lifetimeMinutes, source } of profile.memberships) {
    const facts = shownSegment(segment, snapshot, member);
    if (!facts) continue;
    // Memberships of a profile were often added in the same second.
    if (addedAtS !== lastS) lastTime = formatTimestamp(addedAtS * 1000);
    lastS = addedAtS;
    const expires = lifetimeMinutes === null ? 'null' : `"${formatTimestamp((addedAtS + lifetimeMinutes * 60) * 1000)}"`;
    const head = headOf(facts);
    ascii &&= head.ascii;
    if (count > 0) memberships += ',';
    memberships += `${head.text}${value},"added_at":"${lastTime}","expires_at":${expires},"lifetime_minutes":${lifetimeMinutes},"source":"${source.kind}"}`;
    count += 1;
  }
  return { fieldsText: `"count":${count},"user":${user},"memberships":[${memberships}]`, ascii };
}

/** What is the same for all users of a segment. Facts are immutable and made anew on change, so a head lives as long as they do. */
const heads = new WeakMap<SegmentFacts, SegmentHead>();

interface SegmentHead {
  readonly text: string;
  readonly ascii: boolean;
}

const asciiOnly = /^[\0-\x7f]*$/;

function headOf(facts: SegmentFacts): SegmentHead {
  const known = heads.get(facts);
  if (known !== undefined) return known;
  const text = `{"segment_id":${facts.id},"code":${JSON.stringify(facts.code)},"member_id":${facts.memberId},"value":`;
  const head = { text, ascii: asciiOnly.test(text) };
  heads.set(facts, head);
  return head;
}
