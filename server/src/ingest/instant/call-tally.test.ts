import fc from 'fast-check';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../test/snapshot-of.ts';
import { asMemberId, asUserId } from '../../kit/ids.ts';
import { CallTally } from './call-tally.ts';
import { emptyCounts, type HourCounts, mostEntries } from './hour-counts.ts';
import { KnownUses, neverExpires, removes } from './segment-uses.ts';

const member = asMemberId(2);
const snapshot = snapshotOf({ members: [2, 3], segments: [1, 2, 3].map((id) => ({ id, member: 2 })) });

/** Users of one call by number, each with `[segment, expiration]`; the fourth segment is unknown. */
type SentUser = readonly [user: number, segments: readonly (readonly [segment: number, expiration: number])[]];

const expirations = fc.constantFrom(removes, neverExpires, 60, 1440);
const sentUsers: fc.Arbitrary<readonly SentUser[]> = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 400 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), expirations), { minLength: 1, maxLength: 6 }),
  ),
  { maxLength: 150, size: 'max' },
);

/** One for all calls, one after the other, as the route keeps it. */
const tally = new CallTally();

function counted(sent: readonly SentUser[], known: KnownUses): HourCounts {
  const uses = known.forCall(snapshot, member, false);
  tally.begin(uses);
  let operation = 0;
  for (const [user, segments] of sent) {
    const first = operation;
    for (const [id, expiration] of segments) {
      const use = uses.of({ id, code: '', owner: 0, value: 0, expiration });
      tally.addEntry(use, expiration, uses.isUsable(use) ? operation++ : -1);
    }
    const identifier = { kind: 'user', id: asUserId(BigInt(user)) } as const;
    tally.endUser(String(user), null, identifier, operation > first ? first : -1);
  }
  const counts = emptyCounts();
  tally.countInto(counts, new Uint8Array(operation));
  tally.clear();
  return counts;
}

/** The same, obviously: everything once, in the order in which it was sent first. */
function countedSlowly(sent: readonly SentUser[]) {
  const once = new Map<string, readonly [string, number, number]>();
  const invalid = new Set<string>();
  const kind = (expiration: number): string => (expiration === removes ? 'remove' : 'add');
  for (const [user, segments] of sent)
    for (const [id, expiration] of segments) {
      const key = `${kind(expiration)} ${user} ${id}`;
      if (id === 4) invalid.add(String(user));
      else if (!once.has(key)) once.set(key, [String(user), id, expiration]);
    }
  const of = (wanted: string) => [...once].filter(([key]) => key.startsWith(wanted)).map(([, entry]) => entry);
  return { users: [...new Set(sent.map(([user]) => String(user)))], additions: of('add'), removals: of('remove'), invalid: invalid.size };
}

const newest = <Entry>(entries: readonly Entry[]): readonly Entry[] => entries.slice(-mostEntries);

test('everything is counted once, and the log holds the newest, whatever calls came before', () => {
  const known = new KnownUses();
  fc.assert(
    fc.property(sentUsers, (sent) => {
      const counts = counted(sent, known);
      const slowly = countedSlowly(sent);
      const { validUsers, validAdds, validRemoves, invalidSegments, logs } = counts;
      expect({ validUsers, validAdds, validRemoves, invalidSegments }).toEqual({
        validUsers: slowly.users.length,
        validAdds: slowly.additions.length,
        validRemoves: slowly.removals.length,
        invalidSegments: slowly.invalid,
      });
      expect(newest(logs.users)).toEqual(newest(slowly.users));
      expect(newest(logs.additions)).toEqual(newest(slowly.additions));
      expect(newest(logs.removals)).toEqual(newest(slowly.removals));
    }),
    { numRuns: 300 },
  );
});

test('uses are shared by calls of one member against one snapshot that name segments by id', () => {
  const known = new KnownUses();
  const uses = known.forCall(snapshot, member, false);
  expect(known.forCall(snapshot, member, false)).toBe(uses);
  expect(known.forCall(snapshot, member, true)).not.toBe(uses);
  expect(known.forCall(snapshot, asMemberId(3), false)).not.toBe(uses);
  const changed = snapshotOf({ members: [2], segments: [] });
  expect(known.forCall(changed, member, false)).not.toBe(uses);
  const fresh = known.forCall(changed, member, false);
  expect(fresh.at(fresh.ofId(1)).state).toBe('invalid');
});

test('a segment has one number however often and among however many it is looked for', () => {
  const ids = fc.array(fc.oneof(fc.nat({ max: 5000 }), fc.nat({ max: 20 }), fc.maxSafeNat()), { maxLength: 2000, size: 'max' });
  fc.assert(
    fc.property(ids, (sent) => {
      const uses = new KnownUses().forCall(snapshot, member, false);
      const numbers = new Map<number, number>();
      for (const id of sent) {
        const use = uses.ofId(id);
        expect(use).toBe(numbers.get(id) ?? numbers.size);
        numbers.set(id, use);
        expect(uses.at(use)).toMatchObject({ id, state: id >= 1 && id <= 3 ? 'usable' : 'invalid' });
      }
      expect(uses.count).toBe(numbers.size);
    }),
    { numRuns: 30 },
  );
});
