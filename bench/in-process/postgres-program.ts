/** PostgreSQL behind pg, in a process of its own (store-messages.ts): a row for each membership, one upsert and one commit a batch. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { additionWords } from '../data/audience.ts';
import { nowS, systemClock } from '../../server/src/kit/clock.ts';
import type { Membership } from '../../server/src/profiles/profile-store.ts';
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import { databaseUserId, PostgresProfiles, type UpsertColumns, upsertColumns, type UpsertRow } from '../peers/postgres-profiles.ts';
import { serveStore } from './serve-store.ts';
import type { StoreFigures, StoreOptions } from './store-messages.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import { loadBatch, type UpdateBatch, updateLanes, usersPerBatch } from './update-batch.ts';

const source = sourceToWord({ kind: 'instant', job: 0 });

interface PostgresBatch extends UpsertColumns {
  readonly atS: number;
}

class PostgresStore implements StoreUnderTest<PostgresBatch> {
  readonly preparedBatches = 256;
  readonly profilesPerRead = 256;
  readonly readsUnderWay = 2;
  readonly #profiles: PostgresProfiles;
  readonly #options: StoreOptions;
  #reads: readonly bigint[] = [];

  constructor(options: StoreOptions) {
    this.#profiles = new PostgresProfiles(options.port, updateLanes);
    this.#options = options;
  }

  async load(): Promise<number> {
    const { users, atS, directory } = this.#options;
    const path = join(directory, 'load');
    const file = openSync(path, 'w', 0o644);
    try {
      for (let first = 0; first < users; first += usersPerBatch) {
        writeSync(file, linesOf(loadBatch(first, Math.min(first + usersPerBatch, users), atS)));
      }
    } finally {
      closeSync(file);
    }
    const began = performance.now();
    await this.#profiles.load(path);
    rmSync(path);
    return (performance.now() - began) / 1000;
  }

  prepare(batch: UpdateBatch): PostgresBatch {
    return { ...upsertColumns(rowsOf(batch)), atS: batch.atS };
  }

  apply(batch: PostgresBatch): Promise<unknown> {
    return this.#profiles.upsert(batch, batch.atS, source);
  }

  prepareReads(userIds: BigUint64Array): void {
    const ids = Array.from(userIds, databaseUserId);
    this.#reads = [...ids, ...ids.slice(0, this.profilesPerRead)];
  }

  read(at: number): Promise<number> {
    return this.#profiles.profiles(`{${this.#reads.slice(at, at + this.profilesPerRead).join(',')}}`, nowS(systemClock));
  }

  profileOf(userId: bigint): Promise<readonly Membership[]> {
    return this.#profiles.profile(userId, nowS(systemClock));
  }

  figures(): Promise<StoreFigures> {
    return Promise.resolve({ memberships: null, memoryBytes: null, membershipBytes: null, logBytes: null });
  }

  close(): Promise<void> {
    return this.#profiles.close();
  }
}

/** The batch as COPY reads it. */
function linesOf({ userIds, perUser, additions, atS }: UpdateBatch): string {
  let lines = '';
  for (const [user, id] of userIds.entries()) {
    const beginning = databaseUserId(id).toString();
    const end = (user + 1) * perUser * additionWords;
    for (let at = user * perUser * additionWords; at < end; at += additionWords)
      lines += `${beginning}\t${additions[at]}\t${additions[at + 1]}\t${atS}\t${additions[at + 2]}\t${source}\n`;
  }
  return lines;
}

function rowsOf({ userIds, perUser, additions }: UpdateBatch): UpsertRow[] {
  const rows: UpsertRow[] = [];
  for (const [user, id] of userIds.entries()) {
    const userId = databaseUserId(id);
    const end = (user + 1) * perUser * additionWords;
    for (let at = user * perUser * additionWords; at < end; at += additionWords)
      rows.push({ userId, segment: additions[at] ?? 0, value: additions[at + 1] ?? 0, lifetimeMinutes: additions[at + 2] ?? 0 });
  }
  return rows;
}

serveStore((options) => Promise.resolve(new PostgresStore(options)));
