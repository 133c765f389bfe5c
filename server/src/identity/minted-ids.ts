import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, nowS } from '../kit/clock.ts';
import { asUserId, type UserId } from '../kit/ids.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import { byServer } from '../storage/sql/catalog-change.ts';

/** Low bits of a minted id: its MAC. The 47 above them are the number. */
const macBits = 16n;
const macValues = 65_536n;
const mostId = 2n ** 63n - 1n;
/** 2025-01-01, in Unix seconds. */
const epochS = 1_735_689_600;
/** Numbers for each second since then: 32 bits of seconds, 15 of these. */
const numbersPerSecond = 32_768;
const usualBlockSize = 8 * numbersPerSecond;

/**
 * Ids for new visitors (ingest.md section 1.2): a number that never comes twice and 16 bits of an HMAC over it, all below 2^63.
 * Numbers are taken from the catalog in blocks, and a block never begins before the present moment's place. So a catalog that was set
 * back to a backup hands out none that the lost time had seen.
 */
export class MintedIds {
  readonly #catalog: Pick<Catalog, 'change'>;
  readonly #clock: Clock;
  readonly #key: Buffer;
  readonly #blockSize: number;
  #next = 0;
  #end = 0;
  /** The block behind the present one. */
  #fetched: { next: number; end: number } | undefined;
  #fetching: Promise<void> | undefined;

  constructor(catalog: Pick<Catalog, 'change'>, clock: Clock, key: Buffer, blockSize = usualBlockSize) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.#key = key;
    this.#blockSize = blockSize;
  }

  /** A new id. A promise only where no number is at hand. @throws what the catalog throws where it cannot be written */
  mint(): UserId | Promise<UserId> {
    if (this.#next === this.#end && this.#fetched) {
      ({ next: this.#next, end: this.#end } = this.#fetched);
      this.#fetched = undefined;
    }
    if (this.#next === this.#end) return this.#fetch().then(() => this.mint());
    const number = BigInt(this.#next++);
    // A failure is met again, and told, when the present block has ended.
    if (this.#fetched === undefined && this.#end - this.#next < this.#blockSize / 2) void this.#fetch().catch(() => undefined);
    return asUserId((number << macBits) | this.#macOf(number));
  }

  /** Was this id minted with our key? */
  isMinted(id: bigint): boolean {
    if (id < macValues || id > mostId) return false;
    const number = id >> macBits;
    return timingSafeEqual(bytesOf(id & (macValues - 1n)), bytesOf(this.#macOf(number)));
  }

  #macOf(number: bigint): bigint {
    return BigInt(createHmac('sha256', this.#key).update(String(number)).digest().readUInt16BE(0));
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#catalog
      .change(byServer('mintUserIds'), async (change) => {
        await change.reserveIds('minted_id', (nowS(this.#clock) - epochS) * numbersPerSecond);
        return await change.newIds('minted_id', this.#blockSize);
      })
      .then((next) => {
        this.#fetched = { next, end: next + this.#blockSize };
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }
}

function bytesOf(mac: bigint): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(Number(mac));
  return bytes;
}
