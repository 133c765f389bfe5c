/** What a block of a snapshot holds. The numbers are the format: never change one, only add. */
export const blockKind = {
  numbers: 1,
  /** Of older versions: without what they changed. */
  chunksOfFormat2: 2,
  /** Of format 1: only what had not ended, and without the counted bit. */
  usersOfFormat1: 3,
  end: 4,
  movements: 5,
  users: 6,
  renames: 7,
  uniques: 8,
  /** 9 was never in a release. */
  chunks: 10,
} as const;

/** How a chunk is written: only how many outcomes, as all are `applied`; with packed before-images. */
export const chunkFlag = { allApplied: 1, before: 2 } as const;

export interface SnapshotBlock {
  readonly kind: number;
  /** A view, valid until the next call. */
  readonly bytes: Uint8Array;
}
