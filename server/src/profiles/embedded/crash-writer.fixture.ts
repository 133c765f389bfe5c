import { asSegmentId, asUserId } from '../../kit/ids.ts';
import { systemClock } from '../../kit/clock.ts';
import { OperationBatch } from '../operation-batch.ts';
import { ProfileStoreUnavailable } from '../profile-store.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';

/**
 * A process of its own for the crash tests: applies batches of ten users to the directory that it is given, several at a time, and
 * prints the number of each one that was acknowledged. Ends only where the disk takes no more: then it prints `unavailable`
 * and whether reads still answer.
 */
const [directory, firstBatch] = process.argv.slice(2);
if (directory === undefined) throw new Error('which directory?');
const store = await EmbeddedProfileStore.open({ directory, clock: systemClock, snapshotLogBytes: 300_000 });
let next = Number(firstBatch ?? 1);

await Promise.all(Array.from({ length: 4 }, applyBatches));
await store.close();

async function applyBatches(): Promise<void> {
  const batch = new OperationBatch();
  for (;;) {
    const number = next++;
    batch.clear();
    for (let i = 0; i < 10; i++) {
      batch.forUser({ kind: 'user', id: asUserId(BigInt(number * 10 + i)) });
      for (let segment = 1; segment <= 5; segment++) batch.add(asSegmentId(segment), number % 1000, 1_700_000_000, null);
    }
    try {
      await store.apply(batch, { source: { kind: 'batch', job: 1 }, chunk: { job: 1, sequence: number } });
    } catch (error) {
      if (!(error instanceof ProfileStoreUnavailable)) throw error;
      process.stdout.write(`unavailable ${number} ${store.get({ kind: 'user', id: asUserId(10n) }).memberships.length}\n`);
      return;
    }
    process.stdout.write(`${number}\n`);
  }
}
