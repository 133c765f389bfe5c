import type { CallOptions, RequestOptions } from './call-options.ts';
import { Operations } from './generated/operations.ts';
import type { BatchJob } from './generated/wire.ts';
import { readEvents } from './read-events.ts';
import { type UploadedFile, uploadFile, type UploadOptions } from './upload-file.ts';

export interface BatchJobQuery {
  readonly job_id: string;
  /** For administrators: the member. Default: any. */
  readonly member_id?: number | string | undefined;
}

/** The server tells a job that does not change every 15 seconds: after three times that, nobody is there. */
const followTimeoutMs = 45_000;

/** The operations on batch jobs that send or answer something that is not held in memory whole. */
export abstract class BatchOperations extends Operations {
  /**
   * A body as it comes. Begun again as `request` is, not once a piece of it was there. `timeoutMs` holds until the answer begins, and
   * then for each wait for a piece.
   */
  protected abstract readPieces(method: string, path: string, options: RequestOptions): AsyncGenerator<Uint8Array, void, undefined>;

  /** Send the file of a batch job to its `upload_url`, once (see uploadFile): `POST /segment-upload/…`. */
  uploadSegments(uploadUrl: string, file: UploadedFile, options: UploadOptions = {}): Promise<string> {
    return uploadFile(uploadUrl, file, options);
  }

  /**
   * A batch job each time that it changes, until it has ended (phase `completed` or `error`): `GET /batch-segment-progress`. Throws
   * NoAnswerError where the connection breaks or is silent for `timeoutMs` (default: 45 seconds); where the server ends it early, the
   * last job that was told has not ended.
   */
  async *followBatchJob({ ...query }: BatchJobQuery, options: CallOptions = {}): AsyncGenerator<BatchJob, void, undefined> {
    const pieces = this.readPieces('GET', '/batch-segment-progress', { timeoutMs: followTimeoutMs, ...options, query });
    for await (const { name, data } of readEvents(pieces)) if (name === 'job') yield JSON.parse(data) as BatchJob;
  }

  /**
   * Every refused line of a batch job that has ended, as the bytes of a file in which columns are parted by tabs: line number, codes,
   * message, and last the line itself, in Latin-1: `GET /batch-segment-rejects`.
   */
  readBatchRejects({ ...query }: BatchJobQuery, options: CallOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    return this.readPieces('GET', '/batch-segment-rejects', { ...options, query });
  }
}
