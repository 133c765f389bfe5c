import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../test/temporary-catalog.ts';
import { deleteSyncHost, insertSyncHost, updateSyncHost } from '../identity/store/sync-host-store.ts';
import { asMemberId, asSegmentId } from '../kit/ids.ts';
import { setEnabled } from '../marketplace/store/data-buyer-provider-store.ts';
import { insertMember } from '../members/store/member-store.ts';
import { emptySegment } from '../segments/segment.ts';
import { deleteSegment, insertSegment, readSegmentRow, segmentRow, updateSegment } from '../segments/store/segment-store.ts';
import { deleteRecord, dropFromLists, insertRecord, readRecord } from '../sharing/store/sharing-store.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { CatalogSnapshot } from './catalog-snapshot.ts';
import { CatalogView } from './catalog-view.ts';

const nobody = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const [provider, buyer] = [2, 3];
let opened: TemporaryCatalog;
let view: CatalogView;

beforeEach(async () => {
  opened = await temporaryCatalog(new StandingClock());
  view = await CatalogView.load(opened.catalog.read);
  opened.catalog.onCommit((touched) => view.renew(touched));
  await change(async (work) => {
    await insertMember(work, { id: 1, name: 'P', primary_type: 'platform' });
    await insertMember(work, { id: provider, name: 'D', primary_type: 'data_provider' });
    await insertMember(work, { id: buyer, name: 'B', primary_type: 'buyer' });
  });
});
afterEach(() => opened.remove());

const change = (work: (change: CatalogChange) => Promise<void>): Promise<void> => opened.catalog.change(nobody, work);

/** All that a snapshot holds, in an order of its own. */
const contents = ({ tables }: CatalogSnapshot) => ({
  members: new Map(tables.members.entries()),
  segments: new Map([...tables.segments.entries()].toSorted(([a], [b]) => a - b)),
  codes: new Map([...tables.segmentCodes.entries()].toSorted(([a], [b]) => a.localeCompare(b))),
  platform: tables.platformMember,
  sharing: tables.sharing,
  enabled: tables.enabled,
  ingest: tables.ingest,
  syncHosts: tables.syncHosts,
});
const freshlyRead = async () => contents((await CatalogView.load(opened.catalog.read)).current());

type Step = {
  readonly what: 'write' | 'delete' | 'share' | 'unshare' | 'enable';
  readonly id: number;
  readonly code: string | null;
  readonly on: boolean;
};
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('write', 'write', 'write', 'delete', 'share', 'unshare', 'enable'),
  id: fc.integer({ min: 1, max: 6 }),
  code: fc.option(fc.constantFrom('a', 'A', 'b', 'c'), { nil: null }),
  on: fc.boolean(),
});

async function play(work: CatalogChange, { what, id, code, on }: Step): Promise<void> {
  const before = await readSegmentRow(work.db, id);
  const record = await work.db.selectFrom('sharing_record').select('id').executeTakeFirst();
  if (what === 'write') {
    const folded = code?.toLowerCase() ?? null;
    const taken = await work.db
      .selectFrom('segment')
      .select('id')
      .where('code_folded', '=', folded)
      .where('id', '!=', id)
      .executeTakeFirst();
    const row = segmentRow(id, provider, { ...emptySegment, code: taken ? null : code, state: on ? 'active' : 'inactive' }, work.nowMs);
    await (before ? updateSegment(work, before, row) : insertSegment(work, row));
  } else if (what === 'delete' && before) {
    await dropFromLists(work, [id]);
    await deleteSegment(work, before);
  } else if (what === 'share' && !record) {
    const listed = before ? [id] : [];
    await insertRecord(work, {
      dataMember: provider,
      buyer,
      exposure: on ? { kind: 'all' } : { kind: 'list', segments: listed },
      exportAllowed: on,
    });
  } else if (what === 'unshare' && record) {
    const known = await readRecord(work.db, record.id);
    if (known) await deleteRecord(work, known);
  } else if (what === 'enable') await setEnabled(work, { buyer, provider, active: on });
}

it('after any changes the view is what a start would read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (changes) => {
      for (const steps of changes) {
        await change(async (work) => {
          for (const one of steps) await play(work, one);
        });
        expect(contents(view.current())).toEqual(await freshlyRead());
      }
    }),
    { numRuns: 30 },
  );
});

it('a change is seen when it is answered, and a snapshot that was taken stays as it was', async () => {
  const before = view.current();
  await change((work) => insertSegment(work, segmentRow(7, provider, { ...emptySegment, code: 'Seven' }, 0)));
  expect(view.current().segmentByCode(asMemberId(provider), 'Seven')?.id).toBe(7);
  expect(view.current().segmentByCode(asMemberId(provider), 'seven')).toBeUndefined();
  expect(before.segment(asSegmentId(7))).toBeUndefined();
});

it('a change that is undone is never seen', async () => {
  const before = view.current();
  const undone = change(async (work) => {
    await insertSegment(work, segmentRow(7, provider, emptySegment, 0));
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(view.current()).toBe(before);
});

it('what could not be read after a commit is read with the next one', async () => {
  const { read } = opened.catalog;
  await change((work) => insertSegment(work, segmentRow(7, provider, emptySegment, 0)));
  await sql`alter table sharing_record rename to away`.execute(read);
  const failing = change(async (work) => {
    await insertSegment(work, segmentRow(8, provider, emptySegment, 0));
    work.touch('sharing_record');
  });
  await expect(failing).rejects.toThrow(/no such table|does not exist/);
  await sql`alter table away rename to sharing_record`.execute(read);
  expect(view.current().segment(asSegmentId(8))).toBeUndefined();
  await change((work) => setEnabled(work, { buyer, provider, active: true }).then(() => {}));
  expect(view.current().segment(asSegmentId(8))?.id).toBe(8);
  expect(contents(view.current())).toEqual(await freshlyRead());
});

it('holds the active sync hosts, by name, with the members that named them', async () => {
  const hosts = () => view.current().tables.syncHosts;
  await change(async (work) => {
    for (const member_id of [provider, buyer]) await insertSyncHost(work, { member_id, host: 'sync.example.com', state: 'active' });
    await insertSyncHost(work, { member_id: buyer, host: '*.example.org', state: 'inactive' });
  });
  expect(hosts()).toEqual(new Map([['sync.example.com', new Set([provider, buyer])]]));
  await change(async (work) => {
    for (const row of await work.db.selectFrom('sync_host').selectAll().where('member_id', '=', buyer).execute())
      await (row.state === 'active' ? deleteSyncHost(work, row) : updateSyncHost(work, row, { state: 'active' }).then(() => {}));
  });
  expect(hosts()).toEqual(
    new Map([
      ['sync.example.com', new Set([provider])],
      ['*.example.org', new Set([buyer])],
    ]),
  );
  expect(contents(view.current())).toEqual(await freshlyRead());
});
