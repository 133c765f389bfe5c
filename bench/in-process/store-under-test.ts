import type { Membership } from '../../server/src/profiles/profile-store.ts';
import type { StoreFigures } from './store-messages.ts';
import type { UpdateBatch } from './update-batch.ts';

/** What is measured in the process: the engine, or a peer behind its recommended client. `Batch` is the store's own form of a batch. */
export interface StoreUnderTest<Batch> {
  /** Empties the store and puts every user into its first segments. Answers the seconds spent in the store. */
  load(): Promise<number>;
  /** So many different batches are made, a multiple of `updateLanes`: more than a run applies, or caches would hold what they touch. */
  readonly preparedBatches: number;
  /** The form in which a caller of this store would hold the batch; not measured. */
  prepare(batch: UpdateBatch): Batch;
  /** Merges; resolves when the batch is as durable as the store promises. Batches that are under way together share no user. */
  apply(batch: Batch): Promise<unknown>;
  /** Other ways of doing the same; stores with one way have none. What they leave behind must be the same. */
  readonly variants?: readonly string[];
  vary?(variant: string): Promise<void>;
  /** Users that `read` reads, round and round; not measured. */
  prepareReads(userIds: BigUint64Array): void;
  /** Profiles that one `read` answers: 1, or a pipeline's worth. */
  readonly profilesPerRead: number;
  /** Reads that are under way together. */
  readonly readsUnderWay: number;
  /** Reads `profilesPerRead` prepared users in whole, decoded to memberships; `at` is the number of the first. Answers how many memberships. */
  read(at: number): number | Promise<number>;
  profileOf(userId: bigint): Promise<readonly Membership[]>;
  figures(): Promise<StoreFigures>;
  close(): Promise<void>;
}
