import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { type TemporaryCatalog, temporaryCatalog } from '../../test/temporary-catalog.ts';
import { MintedIds } from './minted-ids.ts';

const key = Buffer.alloc(32, 7);
const clock = new StandingClock();
let place: TemporaryCatalog;
beforeEach(async () => {
  place = await temporaryCatalog(clock);
});
afterEach(() => place.remove());

const mintMany = async (minted: MintedIds, count: number): Promise<bigint[]> => {
  const ids: bigint[] = [];
  for (let at = 0; at < count; at++) ids.push(await minted.mint());
  return ids;
};

describe('minted ids', () => {
  it('never come twice: beyond a block, from several servers, after a restart, and after the catalog was set back', async () => {
    const server = (): MintedIds => new MintedIds(place.catalog, clock, key, 64);
    const [first, second] = [server(), server()];
    const seen = new Set<bigint>();
    for (let turn = 0; turn < 5; turn++) for (const each of [first, second]) for (const id of await mintMany(each, 100)) seen.add(id);
    expect(seen.size).toBe(1000);
    place = await place.reopened();
    for (const id of await mintMany(server(), 100)) seen.add(id);
    expect(seen.size).toBe(1100);
    await place.catalog.read.deleteFrom('id_sequence').where('name', '=', 'minted_id').execute();
    clock.forward(3_600_000);
    for (const id of await mintMany(server(), 100)) seen.add(id);
    expect(seen.size).toBe(1200);
  });
  it('lie below 2^63, carry a MAC of 16 bits over all others, and are told from all that have none', async () => {
    const minted = new MintedIds(place.catalog, clock, key);
    const strangers = new MintedIds(place.catalog, clock, Buffer.alloc(32, 8));
    let forged = 0;
    for (const id of await mintMany(minted, 200)) {
      expect(id > 0n && id < 2n ** 63n).toBe(true);
      expect(minted.isMinted(id)).toBe(true);
      for (let bit = 0n; bit < 16n; bit++) expect(minted.isMinted(id ^ (1n << bit))).toBe(false);
      for (let bit = 16n; bit < 63n; bit += 5n) if (minted.isMinted(id ^ (1n << bit))) forged += 1;
      if (strangers.isMinted(id)) forged += 1;
    }
    // 2,200 tries at one in 65,536.
    expect(forged).toBeLessThan(4);
    for (const id of [0n, 1n, 65_535n, 2n ** 63n, 2n ** 64n - 1n]) expect(minted.isMinted(id)).toBe(false);
  });
  it('come again when the catalog, which could not be written, can be', async () => {
    let broken = true;
    const change: typeof place.catalog.change = (context, work) =>
      broken ? Promise.reject(new Error('the catalog cannot be written')) : place.catalog.change(context, work);
    const minted = new MintedIds({ change }, clock, key);
    await expect(minted.mint()).rejects.toThrow('cannot be written');
    broken = false;
    expect(typeof (await minted.mint())).toBe('bigint');
  });
});
