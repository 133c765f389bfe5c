import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../test/snapshot-of.ts';
import { asMemberId, asSegmentId } from '../../kit/ids.ts';
import { neverEnds, OperationBatch, removal } from '../../profiles/operation-batch.ts';
import { outcomeCodes } from '../../profiles/profile-store.ts';
import { CallTally } from './call-tally.ts';
import { CallWriting } from './call-writing.ts';
import { emptyCounts } from './hour-counts.ts';
import { type ParsedUser, readUsers } from './parse-users.ts';
import { type ScannedCall, UserScanner } from './scan-users.ts';
import { expirationOf, KnownUses, neverExpires, notKept, removes } from './segment-uses.ts';

const member = asMemberId(2);
const snapshot = snapshotOf({
  members: [1, 2, 3],
  segments: [
    { id: 1, member: 2 },
    { id: 2, member: 2, expireMinutes: 60 },
    { id: 3, member: 2, expireMinutes: 0 },
    { id: 4, member: 2, inactive: true },
    { id: 5, member: 3 },
    { id: 5_000_000_000, member: 2 },
    ...Array.from({ length: 200 }, (_, at) => ({ id: 100 + at, member: 2 })),
  ],
  ingest: { 2: { default_expiration: 90 } },
});
const { settings } = snapshot.ingest(member);

const block = fc.record(
  {
    seg_id: fc.oneof(
      fc.constantFrom(1, 2, 3),
      fc.constantFrom(0, 4, 5, 6, 5_000_000_000, 999_999_999_999_999),
      fc.integer({ min: 100, max: 299 }),
    ),
    value: fc.nat({ max: 2_147_483_647 }),
    expiration: fc.constantFrom(-1, 0, 60, 2_147_483_647),
  },
  { requiredKeys: ['seg_id'] },
);
const domain = fc.constantFrom('userdata', 'USERDATA', 'openudid', 'idfa', 'nobody');
const user = fc.record(
  {
    user_id: fc.oneof(
      { weight: 3, arbitrary: fc.nat({ max: 12 }).map(String) },
      { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: 2n ** 64n }).map(String) },
      { weight: 1, arbitrary: fc.constantFrom('07', 'x', '18446744073709551616', '0f'.repeat(20), '0f1e2d3c03194abc8def101234567890') },
    ),
    seg_block: fc.array(block, { minLength: 1, maxLength: 12 }),
    domain: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: domain }),
  },
  { requiredKeys: ['user_id', 'seg_block'] },
);
const call = fc.array(user, { minLength: 1, maxLength: 40, size: 'max' });

/** One of each for all calls, as the route keeps them. */
const scanner = new UserScanner();
const known = new KnownUses();
const [batches, tallies] = [
  [new OperationBatch(), new OperationBatch()],
  [new CallTally(), new CallTally()],
] as const;

/** What is written and counted of a call, in one or the other form. Some users are refused and some memberships do not fit: by `lot`. */
function taken(form: 0 | 1, sent: ScannedCall | readonly ParsedUser[], external: boolean, lot: readonly number[]) {
  const [batch, tally] = [batches[form], tallies[form]];
  const writing = new CallWriting(
    known.forCall(snapshot, member, false),
    { ...settings, use_external_uids: external },
    member,
    1_700_000_000,
    batch,
    tally,
  );
  if ('userCount' in sent) writing.addScanned(sent);
  else writing.addParsed(sent);
  const { operations, keys, userKeyEnds, userOperationEnds } = batch;
  const written = [operations, keys, userKeyEnds, userOperationEnds].map((column) => [...column]);
  const outcomes = new Uint8Array(batch.operationCount);
  let operation = 0;
  for (const [at, end] of userOperationEnds.entries()) {
    const refused = lot[at % lot.length] === 0;
    for (; operation < end; operation++)
      outcomes[operation] = refused
        ? outcomeCodes['opted-out']
        : lot[operation % lot.length] === 1
          ? outcomeCodes.full
          : outcomeCodes.applied;
  }
  const unwritten = [...tally.unwritten()];
  for (const { user: at } of unwritten) if (lot[at % lot.length] === 2) tally.markInvalid(at);
  const counts = emptyCounts();
  tally.countInto(counts, outcomes);
  batch.clear();
  tally.clear();
  return { written, unwritten, counts };
}

test('a call is written and counted alike, scanned or parsed', () => {
  fc.assert(
    fc.property(call, fc.boolean(), fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 30 }), (users, external, lot) => {
      const body = Buffer.from(JSON.stringify({ rt_segment: users }));
      const parsed = readUsers(body);
      const scanned = scanner.scan(body);
      if (scanned === undefined) throw new Error('declined');
      expect(taken(0, scanned, external, lot)).toEqual(taken(1, parsed.users, external, lot));
    }),
    { numRuns: 300 },
  );
});

/** The operation that a block of segment `id` with value 3 asks for. */
function operationOf(id: number, sent: number | null): readonly number[] {
  const segment = snapshot.tables.segments.get(asSegmentId(id));
  if (!segment) throw new Error(`no segment ${id}`);
  const expiration = expirationOf(sent, segment, settings.default_expiration);
  if (expiration === notKept) return [];
  if (expiration === removes) return [id, 0, 0, removal];
  return [id, 3, 1_700_000_000, expiration === neverExpires ? neverEnds : expiration];
}

test.each([1, 2, 3].flatMap((id) => [null, -1, 0, 7].map((sent) => [id, sent] as const)))(
  'segment %d with the expiration %j is written as `expirationOf` tells',
  (id, expiration) => {
    const users = [{ id: '5', domain: null, blocks: [{ id, code: '', owner: 0, value: 3, expiration }] }];
    expect(taken(1, users, false, [9]).written[0]).toEqual(operationOf(id, expiration));
  },
);

test('more users than the first room holds are counted once each, however they come again', () => {
  const ids = Array.from({ length: 1000 }, (_, at) => String((at % 700) + 1));
  const body = Buffer.from(JSON.stringify({ rt_segment: ids.map((user_id) => ({ user_id, seg_block: [{ seg_id: 1 }, { seg_id: 2 }] })) }));
  const scanned = scanner.scan(body);
  if (scanned === undefined) throw new Error('declined');
  const { counts, written } = taken(0, scanned, false, [9]);
  expect(counts).toMatchObject({ validUsers: 700, validAdds: 1400 });
  expect(written[0]).toHaveLength(2000 * 4);
});
