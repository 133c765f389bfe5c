import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { type SmallCatalog, snapshotOf } from '../../test/snapshot-of.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../test/temporary-catalog.ts';
import { asMemberId, asSegmentId } from '../kit/ids.ts';
import { setEnabled } from '../marketplace/store/data-buyer-provider-store.ts';
import { insertMember } from '../members/store/member-store.ts';
import { emptySegment } from '../segments/segment.ts';
import { insertSegment, segmentRow } from '../segments/store/segment-store.ts';
import { foreignParts } from '../segments/foreign-sight.ts';
import { sharedWith } from '../sharing/segment-sight.ts';
import { insertRecord } from '../sharing/store/sharing-store.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { CatalogSnapshot, SegmentFacts } from './catalog-snapshot.ts';
import { CatalogView } from './catalog-view.ts';
import { canExport, canSee, canTarget, canWrite, isShared } from './segment-rights.ts';

const [platform, provider, buyer, other] = [1, 2, 3, 4];
const usual: SmallCatalog = {
  members: [platform, provider, buyer, other],
  segments: [
    { id: 10, member: provider },
    { id: 11, member: provider },
    { id: 12, member: provider, advertiser: 5 },
    { id: 13, member: provider, inactive: true },
    { id: 30, member: buyer },
  ],
  sharing: [{ from: provider, to: buyer, segments: [10, 12, 13] }],
  ingest: { [other]: { writableOwners: [provider] } },
};

function factsOf(catalog: CatalogSnapshot, id: number): SegmentFacts {
  const facts = catalog.segment(asSegmentId(id));
  if (!facts) throw new Error(`there is no segment ${id}`);
  return facts;
}

describe('rights on a segment', () => {
  const snapshot = snapshotOf(usual);
  const segment = (id: number) => factsOf(snapshot, id);
  it.each([
    ['its owner sees it', provider, 10, true],
    ['a buyer sees what is listed', buyer, 10, true],
    ['and not what is not', buyer, 11, false],
    ['nor what belongs to an advertiser', buyer, 12, false],
    ['nor what is inactive', buyer, 13, false],
    ['nobody sees what is inactive', provider, 13, false],
    ['others see nothing', other, 10, false],
    ['sharing goes one way', provider, 30, false],
  ])('%s', (_what, member, id, expected) => {
    expect(canSee(snapshot, asMemberId(member), segment(id))).toBe(expected);
    expect(canTarget(snapshot, asMemberId(member), segment(id))).toBe(expected);
  });
  it('to write needs the owner’s grant; sharing gives none, and the grant gives no sight', () => {
    expect(canWrite(snapshot, asMemberId(buyer), asMemberId(provider))).toBe(false);
    expect(canWrite(snapshot, asMemberId(other), asMemberId(provider))).toBe(true);
    expect(canWrite(snapshot, asMemberId(provider), asMemberId(provider))).toBe(true);
    expect(canSee(snapshot, asMemberId(other), segment(10))).toBe(false);
  });
  it('to export needs the record’s leave', () => {
    expect(canExport(snapshot, asMemberId(buyer), segment(10))).toBe(false);
    expect(canExport(snapshot, asMemberId(provider), segment(10))).toBe(true);
  });
  it('an inactive owner’s segments are seen by nobody else', () => {
    const asleep = snapshotOf({
      ...usual,
      members: [platform, -provider, buyer, other],
      sharing: [{ from: provider, to: buyer, segments: null }],
    });
    const facts = factsOf(asleep, 10);
    expect(canSee(asleep, asMemberId(buyer), facts)).toBe(false);
  });
});

describe('the SQL of sharing and the rule over the catalog view', () => {
  let opened: TemporaryCatalog;
  beforeAll(async () => {
    opened = await temporaryCatalog(new StandingClock());
  });
  afterAll(() => opened.remove());

  const memberIds = [1, 2, 3, 4] as const;
  const member = fc.constantFrom(...memberIds);
  const pair = fc.record({ from: member, to: member });
  const drawn = fc.record({
    asleep: fc.subarray([...memberIds]),
    segments: fc.array(fc.record({ owner: member, advertiserLevel: fc.boolean(), inactive: fc.boolean() }), { maxLength: 12 }),
    enabled: fc.uniqueArray(fc.record({ pair, active: fc.boolean() }), {
      selector: ({ pair: { from, to } }) => `${from}:${to}`,
      maxLength: 8,
    }),
    records: fc.uniqueArray(fc.record({ pair, all: fc.boolean(), listed: fc.array(fc.nat(11)), exportAllowed: fc.boolean() }), {
      selector: ({ pair: { from, to } }) => `${from}:${to}`,
      maxLength: 8,
    }),
  });
  type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

  const nobody = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
  const tables = ['sharing_record_segment', 'sharing_record', 'data_buyer_provider', 'segment', 'advertiser', 'member'] as const;

  async function fill(change: CatalogChange, { asleep, segments, enabled, records }: Drawn): Promise<void> {
    for (const table of tables) await change.db.deleteFrom(table).execute();
    for (const id of memberIds) {
      await insertMember(change, { id, name: `m${id}`, primary_type: 'data_provider', state: asleep.includes(id) ? 'inactive' : 'active' });
      const advertiser = {
        id,
        member_id: id,
        name: 'a',
        name_folded: 'a',
        code: null,
        code_folded: null,
        state: 'active',
        last_modified: 0,
      };
      await change.db.insertInto('advertiser').values(advertiser).execute();
    }
    for (const [index, { owner, advertiserLevel, inactive }] of segments.entries()) {
      const content = {
        ...emptySegment,
        advertiser_id: advertiserLevel ? owner : null,
        state: inactive ? ('inactive' as const) : ('active' as const),
      };
      await insertSegment(change, segmentRow(100 + index, owner, content, 0));
    }
    for (const {
      pair: { from, to },
      active,
    } of enabled)
      await setEnabled(change, { buyer: to, provider: from, active });
    for (const {
      pair: { from, to },
      all,
      listed,
      exportAllowed,
    } of records) {
      const own = [...new Set(listed)].filter((index) => segments[index]?.owner === from).map((index) => 100 + index);
      await insertRecord(change, {
        dataMember: from,
        buyer: to,
        exposure: all ? { kind: 'all' } : { kind: 'list', segments: own },
        exportAllowed,
      });
    }
  }

  it('agree on random catalogs', async () => {
    const { catalog } = opened;
    await fc.assert(
      fc.asyncProperty(drawn, async (some) => {
        await catalog.change(nobody, (change) => fill(change, some));
        const snapshot = (await CatalogView.load(catalog.read)).current();
        for (const id of memberIds) {
          const shared = foreignParts(await sharedWith(catalog.read, id));
          const query = catalog.read
            .selectFrom('segment')
            .select('segment.id')
            .where((eb) => eb.or(shared));
          const bySql = (await query.orderBy('id').execute()).map((row) => row.id);
          const byView = [...snapshot.tables.segments.values()]
            .filter((facts) => facts.memberId !== id && isShared(snapshot, asMemberId(id), facts))
            .map((facts): number => facts.id)
            .toSorted((a, b) => a - b);
          expect(byView).toEqual(bySql);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('rights hold for the snapshot that was taken, whatever comes later', () => {
  const before = snapshotOf(usual);
  const after = snapshotOf({ ...usual, sharing: [] });
  const facts = factsOf(before, 10);
  expect([canSee(before, asMemberId(buyer), facts), canSee(after, asMemberId(buyer), facts)]).toEqual([true, false]);
});
