import fc from 'fast-check';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../test/snapshot-of.ts';
import { AnswerBytes } from '../../http/answer-bytes.ts';
import { envelopeOf, writeEnvelope } from '../../http/envelope.ts';
import { asMemberId, asSegmentId, asUserId } from '../../kit/ids.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import type { Profile } from '../../profiles/profile-store.ts';
import { writeLookup } from './profile-bytes.ts';
import { lookupFields } from './profile-on-wire.ts';

const [platform, provider, buyer] = [1, 2, 3];
/** Half an emoji cannot be written as UTF-8; JSON.stringify escapes it. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '/', '\u0000', '\n', '\u001f', '\u007f', '\u2028', '\ud83d', '\ude00', '😀', 'é', 'a') }),
);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u31 = fc.integer({ min: 0, max: 0x7fff_ffff });

const segments = fc.array(
  fc.record({
    member: fc.constantFrom(provider, buyer),
    code: fc.option(nasty, { nil: undefined }),
    inactive: fc.constantFrom(undefined, true as const),
  }),
  { maxLength: 12 },
);
const identifiers: fc.Arbitrary<Identifier> = fc.oneof(
  fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map((id): Identifier => ({ kind: 'user', id: asUserId(id) })),
  nasty.map((id): Identifier => ({ kind: 'device', domain: 'idfa', id })),
  nasty.map((id): Identifier => ({ kind: 'external', member: asMemberId(provider), id })),
  nasty.map((id): Identifier => ({ kind: 'eid', source: 'netid.de', id })),
  nasty.map((id): Identifier => ({ kind: 'ifa', type: 'dpid', id })),
);
const profiles: fc.Arbitrary<Profile> = fc.record({
  known: fc.boolean(),
  optedOut: fc.boolean(),
  userId: fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })),
  first: identifiers,
  mappedUntilS: fc.option(u32),
  memberships: fc.array(
    fc.record({
      segment: fc.integer({ min: 1, max: 14 }).map(asSegmentId),
      value: u31,
      addedAtS: fc.oneof(u32, fc.constantFrom(1_768_473_000, 1_768_473_001)),
      lifetimeMinutes: fc.option(u31),
      source: fc.record({ kind: fc.constantFrom('pixel', 'instant', 'batch', 'share'), job: fc.constant(0) }),
    }),
  ),
});

/** One memory for all cases, so that what was there before would show, and its blocks end in the middle of answers. */
const bytes = new AnswerBytes();
let reused = 0;

test('what is written directly is what JSON.stringify writes, to the byte', () => {
  fc.assert(
    fc.property(
      identifiers,
      profiles,
      segments,
      fc.constantFrom(null, provider, buyer),
      fc.array(nasty, { maxLength: 2 }),
      fc.boolean(),
      (identifier, profile, described, asked, warnings, dbg) => {
        const snapshot = snapshotOf({
          members: [platform, provider, buyer],
          segments: described.map(({ member, code, inactive }, at) => ({
            id: at + 1,
            member,
            ...(inactive ? { inactive } : {}),
            ...(code === undefined ? {} : { code }),
          })),
        });
        const member = asked === null ? null : asMemberId(asked);
        const outputTerm = 'memberships';
        const fields = lookupFields(identifier, profile, snapshot, member);
        // Twice: the second time the segments' heads are known.
        for (let time = 0; time < 2; time++) {
          const answer = { writeFields: (into: AnswerBytes) => writeLookup(into, identifier, profile, snapshot, member), outputTerm };
          const written = writeEnvelope(bytes, answer, { warnings, dbg }).copied();
          expect(written.equals(Buffer.from(envelopeOf({ fields, outputTerm }, { warnings, dbg })))).toBe(true);
        }
        reused += 1;
        if (reused % 3 === 0) bytes.reuse();
      },
    ),
    { numRuns: 1000 },
  );
});

test('what one caller may see is not shown to another by the same snapshot, whoever came first', () => {
  const snapshot = snapshotOf({
    members: [platform, provider, buyer],
    segments: [
      { id: 1, member: provider, code: 'shared' },
      { id: 2, member: provider, code: 'own' },
      { id: 3, member: buyer },
      { id: 4, member: provider, inactive: true },
    ],
    sharing: [{ from: provider, to: buyer, segments: [1] }],
  });
  const identifier: Identifier = { kind: 'user', id: asUserId(7n) };
  const profile: Profile = {
    known: true,
    optedOut: false,
    userId: 7n,
    first: identifier,
    mappedUntilS: null,
    memberships: [1, 2, 3, 4, 5].map((id) => ({
      segment: asSegmentId(id),
      value: id,
      addedAtS: 1_768_473_000,
      lifetimeMinutes: null,
      source: { kind: 'instant', job: 0 },
    })),
  };
  const shownTo = (caller: number | null): number[] => {
    const member = caller === null ? null : asMemberId(caller);
    bytes.begin();
    writeLookup(bytes, identifier, profile, snapshot, member);
    const fields = JSON.parse(`{${bytes.end().copied().toString()}}`) as ReturnType<typeof lookupFields>;
    expect(fields).toEqual(lookupFields(identifier, profile, snapshot, member));
    return fields.memberships.map(({ segment_id }) => segment_id);
  };
  for (const caller of [null, provider, buyer, null, buyer, provider])
    expect(shownTo(caller)).toEqual(caller === null ? [1, 2, 3] : caller === provider ? [1, 2] : [1, 3]);
});
