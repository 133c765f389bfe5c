import { afterEach, describe, expect, it } from 'vitest';
import { asMemberId } from '../../kit/ids.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import { ModelProfileStore } from '../../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../../profiles/operation-batch.ts';
import { device, eid, external, FakeClock, instant, segment, user } from '../../profiles/profile-fixtures.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { ResolvedMapping } from '../shares/mapping.ts';
import { countRows } from './count-rows.ts';
import { type SegmentReader, segmentRows } from './segment-rows.ts';

const member = asMemberId(9);
const opened: ProfileStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

describe('segmentRows', () => {
  function start() {
    const clock = new FakeClock();
    const store: ProfileStore = new ModelProfileStore({ clock });
    opened.push(store);
    const add = async (identifier: Identifier, value = 0, lifetimeMinutes: number | null = null) => {
      const batch = new OperationBatch();
      batch.forUser(identifier);
      batch.add(segment(7), value, clock.s, lifetimeMinutes);
      await store.apply(batch, instant);
    };
    const link = (identifier: Identifier, to: Identifier, expiresAtS: number | null = null) =>
      store.link(identifier, to, { expiresAtS, linkedBy: member });
    return { clock, store, add, link };
  }
  async function collected(store: SegmentReader, clock: FakeClock, identifiers: string[], attributes: string[] = [], to = member) {
    const rows: string[] = [];
    let unknown = 0;
    for await (const page of segmentRows(store, clock, { segment: segment(7), member: to, identifiers, attributes })) {
      rows.push(...page.rows.map((row) => row.join(',')));
      unknown += page.unknown;
    }
    return { rows: rows.toSorted(), unknown };
  }

  it('gives one row for each distinct value of a mapped identifier, and counts users that have none', async () => {
    const { clock, store, add, link } = start();
    await add(user(1), 5);
    await link(device(1), user(1));
    await link(device(2), user(1));
    await add(user(2), 6);
    await add(device(3), 7);
    expect(await collected(store, clock, ['user_id'], ['value'])).toEqual({ rows: ['1,5', '2,6'], unknown: 1 });
    const ids = [1, 2, 3].map((n) => String(device(n).id));
    expect(await collected(store, clock, ['idfa'])).toEqual({ rows: ids, unknown: 1 });
    expect(await collected(store, clock, ['user_id', 'idfa'])).toEqual({
      rows: ['1,', '2,', ...ids.map((id) => `,${id}`)].toSorted(),
      unknown: 0,
    });
  });

  it('gives external ids to the member that has them alone, while their mapping lasts; ids of their own source', async () => {
    const { clock, store, add, link } = start();
    await add(user(1));
    await link(external('crm-1'), user(1), clock.s + 60);
    await link(external('theirs', 8), user(1), clock.s + 600);
    await link(eid('e1'), user(1));
    expect(await collected(store, clock, ['external_id'])).toEqual({ rows: ['crm-1'], unknown: 0 });
    expect(await collected(store, clock, ['external_id'], [], asMemberId(8))).toEqual({ rows: ['theirs'], unknown: 0 });
    expect(await collected(store, clock, ['eid.netid.de'])).toEqual({ rows: ['e1'], unknown: 0 });
    expect(await collected(store, clock, ['eid.other'])).toEqual({ rows: [], unknown: 1 });
    clock.pass(60);
    expect(await collected(store, clock, ['external_id'])).toEqual({ rows: [], unknown: 1 });
  });

  it('says when memberships end; those that never do have an empty cell, those that have ended no row', async () => {
    const { clock, store, add } = start();
    await add(user(1), 1, 60);
    await add(user(2), 2);
    await add(user(3), 3, 1);
    clock.pass(60);
    const end = new Date(1_700_000_000_000 + 3_600_000).toISOString().replace('.000', '');
    expect(await collected(store, clock, ['user_id'], ['expires_at', 'value'])).toEqual({ rows: [`1,${end},1`, '2,,2'], unknown: 0 });
  });

  it('never gives users that opted out, though they were scanned a moment before', async () => {
    const { clock, store, add, link } = start();
    await add(user(1));
    await add(user(2));
    await link(device(2), user(2));
    const reader: SegmentReader = {
      standing: (identifier) => store.standing(identifier),
      links: (identifier) => store.links(identifier),
      async scan(...question) {
        const page = await store.scan(...question);
        await store.forget(user(2), { optOut: true });
        return page;
      },
    };
    expect(await collected(reader, clock, ['user_id', 'idfa'])).toEqual({ rows: ['1,'], unknown: 0 });
  });

  it('goes through pages and stops where nobody asks on', async () => {
    const { clock, store } = start();
    const batch = new OperationBatch();
    for (let id = 1; id <= 2500; id++) {
      batch.forUser(user(id));
      batch.add(segment(7), id, clock.s, null);
    }
    await store.apply(batch, instant);
    expect((await collected(store, clock, ['user_id'])).rows).toHaveLength(2500);
    const question = { segment: segment(7), member, identifiers: ['user_id'], attributes: [] };
    let pages = 0;
    for await (const { rows } of segmentRows(store, clock, question)) {
      pages++;
      expect(rows.length).toBeLessThanOrEqual(1000);
      break;
    }
    expect(pages).toBe(1);
  });

  it('is counted for a dry-run: what lacks a required end would be rejected', async () => {
    const { clock, store, add } = start();
    await add(user(1), 1, 60);
    await add(user(2), 2);
    await add(device(3), 3);
    const column = (name: string, type: string, isRequired = false) => ({ name, type, isRequired });
    const mapping = (isRequired: boolean): ResolvedMapping => ({
      sourceIdentifiers: [column('user_id', 'user_id')],
      destinationIdentifier: column('who', 'user_id'),
      attributes: [
        { source: column('value', 'number'), destination: column('points', 'number', true) },
        { source: column('expires_at', 'datetime'), destination: column('ends', 'datetime', isRequired) },
      ],
      sourceHash: 'NONE',
      destinationHash: 'NONE',
    });
    const source = { segment: segment(7), member };
    expect(await countRows(store, clock, source, mapping(false))).toEqual({ rowsAvailable: 2, wouldSend: 2, wouldReject: 0 });
    expect(await countRows(store, clock, source, mapping(true))).toEqual({ rowsAvailable: 2, wouldSend: 1, wouldReject: 1 });
  });
});
